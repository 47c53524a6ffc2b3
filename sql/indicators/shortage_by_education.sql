-- One row per year x level x field of education of the whole country: estimated shortage, persons,
-- with the survey's interval where the table has one.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(education_level as varchar) as education_level,
    cast(education_field as varchar) as education_field,
    max(value) filter (where measure = 'shortage') as published,
    max(value) filter (where measure = 'lower') as lower,
    max(value) filter (where measure = 'upper') as upper,
    worst_status(case when measure = 'shortage' then obs_status end) as obs_status,
    max(source_symbol) filter (where measure = 'shortage') as source_symbol,
    vintages(vintage_id) as vintage_ids
from nav_survey_education
where measure in ('shortage', 'lower', 'upper')
group by all
having count(*) filter (where measure = 'shortage') > 0
