-- One row per county code of the time x year x education level: SSB's own employed per cent of the
-- population aged 20-66 of the level.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(education_level as varchar) as education_level,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_11930
where sex = '_T' and age = '20-66' and education_field = '_T'
