-- One row per county or country x cohort x type of contract: Udir's own per cent of apprentices
-- with a trade certificate (status FS) five years after the start.
select
    geo_level, geo_code, period, period_type, reference_date,
    -- Whatever kode the page's default has: alone it is `default`, several keep their own.
    case when min(contract_type) over () = max(contract_type) over () then 'default'
        else cast(contract_type as varchar) end as contract_type,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from udir_trade_certificates
where apprentice_status = 'FS' and years_after = '5' and programme = '_T'
