-- One row per county code of the time x year x sex: SSB's average of lower secondary points.
select
    geo_level, geo_code, period, period_type, reference_date,
    sex,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_07495
where parents_education = '00'
