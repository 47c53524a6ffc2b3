-- One row per county or country x year x type of contract x programme: running apprenticeship
-- contracts, persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    -- Whatever kode the page's default has: alone it is `default`, several keep their own.
    case when min(contract_type) over () = max(contract_type) over () then 'default'
        else cast(contract_type as varchar) end as contract_type,
    cast(programme as varchar) as programme,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from udir_apprentice_contracts
where sex = '_T'
