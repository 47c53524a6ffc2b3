-- One row per county or country x year x industry (Nav's names): estimated shortage, persons. The
-- country has the survey's own 95 per cent interval, the table by county has none.
with counties as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(industry as varchar) as industry,
        value as published,
        cast(null as double) as lower,
        cast(null as double) as upper,
        obs_status, source_symbol,
        [cast(vintage_id as varchar)] as vintage_ids
    from nav_survey_county_industry
    where measure = 'shortage'
),
country as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(industry as varchar) as industry,
        max(value) filter (where measure = 'shortage') as published,
        max(value) filter (where measure = 'lower') as lower,
        max(value) filter (where measure = 'upper') as upper,
        worst_status(case when measure = 'shortage' then obs_status end) as obs_status,
        max(source_symbol) filter (where measure = 'shortage') as source_symbol,
        vintages(vintage_id) as vintage_ids
    from nav_survey_industry
    where measure in ('shortage', 'lower', 'upper')
    group by all
    having count(*) filter (where measure = 'shortage') > 0
)
select * from counties
union all by name
select * from country
