-- One row per code of the time x year x sex: residents 15-29 outside work, education and labour
-- market measures, persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    sex,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_13556
where measure = 'Bosatte' and age = '15-29' and attachment = 'NEET'
