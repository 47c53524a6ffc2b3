-- One row per code of the time x month: Nav's own per cent of the labour force registered as unemployed.
select
    geo_level, geo_code, period, period_type, reference_date,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from nav_unemployed_hl060
where measure = 'prosent'
