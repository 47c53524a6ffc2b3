-- One row per county code of the time x year x occupation (STYRK-08, 4 digits): Nav's estimated
-- shortage, persons rounded to 25. Occupation _T is the sum of the occupations that are listed.
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(occupation as varchar) as occupation, value, obs_status, source_symbol, vintage_id
    from nav_survey_occupation_2017
    where measure = 'shortage'
),
listed as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        '_T' as occupation,
        sum_known(value, obs_status) as value,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date, occupation,
    value as published,
    obs_status, source_symbol, vintage_ids
from listed
union all by name
select
    geo_level, geo_code, period, period_type, reference_date, occupation,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from cells
