-- One row per code of the time x year x age x sex: SSB's own per cent outside work, education
-- and labour market measures.
select
    geo_level, geo_code, period, period_type, reference_date,
    age, sex,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_13556
where measure = 'BosatteProsent' and attachment = 'NEET' and age <> '15-29'
