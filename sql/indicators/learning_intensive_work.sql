-- One row per survey year x industry, the country: SSB's own per cent of the employed with
-- learning-intensive work.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(industry as varchar) as industry,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_12865
where learning = '05' and sex = '_T'
