-- One row per county code of the time x year x immigrant background: SSB's own share of 16-18
-- year olds in upper secondary education.
select
    geo_level, geo_code, period, period_type, reference_date,
    immigration,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_12274
where education_status = 'I'
