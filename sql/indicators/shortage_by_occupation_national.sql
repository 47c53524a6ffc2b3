-- One row per year x occupation (Nav's name) of the whole country: estimated shortage, persons,
-- with the survey's own 95 per cent interval. _T is what Nav itself prints for all together.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(occupation_name as varchar) as occupation_name,
    max(value) filter (where measure = 'shortage') as published,
    max(value) filter (where measure = 'lower') as lower,
    max(value) filter (where measure = 'upper') as upper,
    worst_status(case when measure = 'shortage' then obs_status end) as obs_status,
    max(source_symbol) filter (where measure = 'shortage') as source_symbol,
    vintages(vintage_id) as vintage_ids
from nav_survey_occupation
where measure in ('shortage', 'lower', 'upper')
group by all
having count(*) filter (where measure = 'shortage') > 0
