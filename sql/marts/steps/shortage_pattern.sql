-- One row per county x survey year x occupation: the county's own total by the pattern of the
-- country, for the years in which the survey has no occupations by county. Bounds are the county's,
-- scaled; that the county differs from the country is not in them.
with county as (
    select
        member.region_set, member.region_id, member.region_level, cells.period,
        max(cells.value) filter (where cells.measure = 'shortage') as value,
        max(cells.value) filter (where cells.measure = 'lower') as lower,
        max(cells.value) filter (where cells.measure = 'upper') as upper,
        vintages(cells.vintage_id) as vintage_ids
    from nav_survey_county as cells
    join member
      on member.geo_level = cells.geo_level
     and member.geo_code = cells.geo_code
     and (member.valid_from is null or member.valid_from <= cells.reference_date)
     and (member.valid_to is null or cells.reference_date < member.valid_to)
    where member.region_level = 'county'
    group by all
    having count(distinct member.geo_code) = 1
),
national as (
    select *
    from shortage_whole
    where region_level = 'country' and source_table_id = 'nav/survey_occupation'
),
total as (
    select period, value
    from shortage_region
    where region_level = 'country' and source_table_id = 'nav/survey_occupation'
      and occupation = '_T' and value > 0
)
select
    county.region_set, county.region_id, county.region_level,
    'nav/survey_county' as source_table_id, county.period, national.period_type,
    national.occupation,
    county.value * national.value / total.value as value,
    county.lower * national.value / total.value as lower,
    county.upper * national.value / total.value as upper,
    case when county.value is null or national.value is null then 'O' else 'E' end as obs_status,
    list_sort(list_distinct(list_concat(county.vintage_ids, national.vintage_ids))) as vintage_ids
from county
join national on national.period = county.period
join total on total.period = county.period
