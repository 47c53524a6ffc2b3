-- One row per quarter x industry, the country: job vacancies, seasonally adjusted by SSB.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(industry as varchar) as industry,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_11587
where measure = 'LedigeStillinger'
