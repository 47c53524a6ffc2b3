-- One row per region x year in which people turn 16 x alternative: persons. Observed as far back as
-- there are population figures; all alternatives from the year of the newest to fifteen after it.
with base as (
    select min(cohort_year) as first_year, max(cohort_year) - 15 as newest_year
    from cohort_cell
    where alternative = 'observed'
),
years as (
    select unnest(range(first_year, newest_year + 16)) as cohort_year, newest_year from base
),
expected as (
    select member.region_set, member.region_id, dates.reference_date, count(*) as parts
    from member
    join (select distinct reference_date from cohort_cell) as dates
      on (member.valid_from is null or member.valid_from <= dates.reference_date)
     and (member.valid_to is null or dates.reference_date < member.valid_to)
    group by all
),
summed as (
    select
        member.region_set, member.region_id,
        cells.alternative, cells.cohort_year, cells.period,
        case when count(cells.value) = max(expected.parts)
            then sum(cells.value * member.weight) end as value,
        case
            -- A county of the time that had not quite the borders of today's.
            when not bool_and(member.area_complete)
            then worse_status(worst_status(cells.obs_status), 'B')
            when bool_or(member.apportioned)
            then worse_status(worst_status(cells.obs_status), 'E')
            else worst_status(cells.obs_status)
        end as obs_status,
        list_sort(list_distinct(flatten(list(cells.vintage_ids)))) as vintage_ids
    from cohort_cell as cells
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
),
wanted as (
    select
        region.region_set, region.region_id, region.region_level,
        kind.alternative, years.cohort_year
    from region
    cross join (values ('observed'), ('low'), ('main'), ('high')) as kind (alternative)
    cross join years
    where region.region_level in ('region', 'county', 'country')
      and (kind.alternative = 'observed' or years.cohort_year >= years.newest_year)
),
judged as (
    select
        wanted.*, summed.period, summed.value, summed.obs_status, summed.vintage_ids,
        case
            when summed.value is not null then null
            when summed.region_id is not null then 'parts_without_figure'
            when wanted.alternative <> 'observed' and not exists (
                select 1
                from summed as any_region
                where any_region.alternative = wanted.alternative
                  and any_region.cohort_year = wanted.cohort_year
            ) then 'projection_absent'
            else 'not_in_answer'
        end as reason
    from wanted
    left join summed
      on summed.region_set = wanted.region_set
     and summed.region_id = wanted.region_id
     and summed.alternative = wanted.alternative
     and summed.cohort_year = wanted.cohort_year
)
select
    judged.region_set, judged.region_id, judged.region_level,
    cast(judged.cohort_year as varchar) as cohort_year,
    'cohort' as period_type,
    judged.alternative,
    judged.period as population_year,
    judged.value as persons,
    case
        when judged.value is not null then judged.obs_status
        when judged.obs_status in ('Q', 'M', 'L', 'O') then judged.obs_status
        else 'O'
    end as obs_status,
    case
        when judged.value is null then null
        when judged.alternative = 'observed' then 'measured here'
        else 'assumption'
    end as evidence,
    judged.reason,
    dimensioning_reason.nb as reason_nb,
    dimensioning_reason.en as reason_en,
    data_origin.name as data_origin,
    coalesce(judged.vintage_ids, []) as vintage_ids
from judged
cross join data_origin
left join dimensioning_reason on dimensioning_reason.code = judged.reason
order by judged.region_set, judged.region_id, judged.cohort_year, judged.alternative
