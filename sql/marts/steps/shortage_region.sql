-- One row per county or country x survey year x occupation: Nav's estimate as it was made there.
-- Bounds stand only where one estimate is the whole area: bounds of several do not add.
with cells as (
    select
        'nav/survey_occupation_2017' as source_table_id,
        geo_level, geo_code, period, period_type, reference_date, occupation,
        value, cast(null as double) as lower, cast(null as double) as upper, obs_status, vintage_id
    from nav_survey_occupation_2017
    where measure = 'shortage'
    union all
    select
        'nav/survey_occupation',
        'country', '0', cells.period, cells.period_type, cells.reference_date,
        case when cells.occupation_name = '_T' then '_T'
            else coalesce(nullif(link.target_code, '_N'), cells.occupation_name) end,
        max(cells.value) filter (where cells.measure = 'shortage'),
        max(cells.value) filter (where cells.measure = 'lower'),
        max(cells.value) filter (where cells.measure = 'upper'),
        max(cells.obs_status) filter (where cells.measure = 'shortage'),
        max(cells.vintage_id)
    from nav_survey_occupation as cells
    left join dimensioning_crosswalk as link
      on link.origin_scheme = 'nav_label' and link.origin_code = cells.occupation_name
    where cells.measure in ('shortage', 'lower', 'upper')
    group by cells.period, cells.period_type, cells.reference_date, cells.occupation_name,
        link.target_code
),
expected as (
    select member.region_set, member.region_id, dates.reference_date, count(*) as parts
    from member
    join (select distinct reference_date from cells) as dates
      on (member.valid_from is null or member.valid_from <= dates.reference_date)
     and (member.valid_to is null or dates.reference_date < member.valid_to)
    group by all
)
select
    member.region_set, member.region_id, member.region_level,
    cells.source_table_id, cells.period, cells.period_type, cells.occupation,
    case when count(cells.value) = max(expected.parts)
        then sum(cells.value * member.weight) end as value,
    case when max(expected.parts) = 1 then max(cells.lower) end as lower,
    case when max(expected.parts) = 1 then max(cells.upper) end as upper,
    worst_status(cells.obs_status) as obs_status,
    vintages(cells.vintage_id) as vintage_ids
from cells
join member
  on member.geo_level = cells.geo_level
 and member.geo_code = cells.geo_code
 and (member.valid_from is null or member.valid_from <= cells.reference_date)
 and (member.valid_to is null or cells.reference_date < member.valid_to)
join expected
  on expected.region_set = member.region_set
 and expected.region_id = member.region_id
 and expected.reference_date = cells.reference_date
group by all
