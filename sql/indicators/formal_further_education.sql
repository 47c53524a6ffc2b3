-- One row per survey year, the country: SSB's own per cent of persons 22-59 in formal further
-- education, employed or not.
select
    geo_level, geo_code, period, period_type, reference_date,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_12864
where learning = '02' and sex = '_T' and age = '_T' and labour_status = '_T'
