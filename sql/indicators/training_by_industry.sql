-- One row per survey year x kind of learning x industry, the country: SSB's own per cent of the
-- employed who took part.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(learning as varchar) as learning,
    cast(industry as varchar) as industry,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_12865
where learning in ('02', '03') and sex = '_T'
