-- One row per county code of the time x year: Nav's per cent of establishments with serious
-- recruitment problems.
select
    geo_level, geo_code, period, period_type, reference_date,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from nav_survey_county
where measure = 'serious_pct'
