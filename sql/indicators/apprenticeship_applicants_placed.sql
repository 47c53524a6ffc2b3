-- One row per county or country x year x month of the count x type of contract x programme: Udir's
-- own per cent of applicants with a contract.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(counted_in as varchar) as counted_in,
    -- Whatever kode the page's default has: alone it is `default`, several keep their own.
    case when min(contract_type) over () = max(contract_type) over () then 'default'
        else cast(contract_type as varchar) end as contract_type,
    cast(programme as varchar) as programme,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from udir_apprenticeship_placement
where measure = 'Andel kontrakter' and sex = '_T'
