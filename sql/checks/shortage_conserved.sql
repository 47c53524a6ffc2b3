-- One row per county or country x survey year whose shortage over occupations and programmes is not
-- what the source says: its total, or where it prints none the sum of the occupations it lists.
-- Inputs: dimensioning_demand, nav_survey_occupation, nav_survey_occupation_2017, nav_survey_county.
-- Counties of the time that are parts of today's are not compared.
with printed as (
    select
        'nav/survey_occupation' as source_table_id, '0' as region_id, period,
        max(value) as persons
    from nav_survey_occupation
    where measure = 'shortage' and occupation_name = '_T'
    group by period
    union all
    select 'nav/survey_occupation_2017', geo_code, period, sum(value)
    from nav_survey_occupation_2017
    where measure = 'shortage'
    group by geo_code, period
    having count(value) = count(*)
    union all
    select 'nav/survey_county', geo_code, period, max(value)
    from nav_survey_county
    where measure = 'shortage'
    group by geo_code, period
),
divided as (
    select source_table_id, region_id, period, sum(shortage_persons) as persons
    from dimensioning_demand
    group by source_table_id, region_id, period
    having count(shortage_persons) = count(*)
)
select
    divided.source_table_id, divided.region_id, divided.period,
    printed.persons as printed, divided.persons as divided
from divided
join printed
  on printed.source_table_id = divided.source_table_id
 and printed.region_id = divided.region_id
 and printed.period = divided.period
where not abs(divided.persons - printed.persons) <= 1e-6 * greatest(1, printed.persons)
order by all
