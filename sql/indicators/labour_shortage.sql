-- One row per county code of the time x year: Nav's estimated shortage of labour, persons, with
-- the survey's own 95 per cent interval. Estimates of several areas are never added.
select
    geo_level, geo_code, period, period_type, reference_date,
    max(value) filter (where measure = 'shortage') as published,
    max(value) filter (where measure = 'lower') as lower,
    max(value) filter (where measure = 'upper') as upper,
    worst_status(case when measure = 'shortage' then obs_status end) as obs_status,
    max(source_symbol) filter (where measure = 'shortage') as source_symbol,
    vintages(vintage_id) as vintage_ids
from nav_survey_county
where measure in ('shortage', 'lower', 'upper')
group by all
having count(*) filter (where measure = 'shortage') > 0
