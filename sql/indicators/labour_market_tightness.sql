-- One row per county code of the time x year: Nav's tightness indicator, shortage over wanted
-- employment. The yearly workbook goes first; earlier years come from a county's own series.
with yearly as (
    select geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, source_symbol, vintage_id
    from nav_survey_county
    where measure = 'tightness'
),
series as (
    select geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, source_symbol, vintage_id
    from nav_tightness_vestfold_telemark
    where measure = 'tightness'
),
chosen as (
    select * from yearly
    union all
    select series.*
    from series
    anti join yearly
      on yearly.geo_code = series.geo_code and yearly.period = series.period
)
select
    geo_level, geo_code, period, period_type, reference_date,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from chosen
