-- One row per code of the time x year x country background x sex: SSB's own employed per cent of
-- the population aged 15-74 of the group.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(country_background as varchar) as country_background,
    cast(sex as varchar) as sex,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_11607
where age = '15-74'
