-- One row per row of dimensioning_upper_secondary: what the parameters in use make of it. Retirements
-- are of all occupations together and are of the row of all programmes; no source has them by
-- programme.
with offered as (
    select
        region_set, region_id, region_level, county_id, programme, programme_type, school_year,
        cast(left(school_year, 4) as integer) as start_year,
        expected_newly_qualified_persons, expected_newly_qualified_reason,
        cohort_16_persons, cohort_reason, vintage_ids
    from dimensioning_upper_secondary
),
ahead as (
    select
        cohort.region_set, cohort.region_id,
        cast(cohort.cohort_year as integer) - parameter_value.planning_years as start_year,
        max(cohort.persons) filter (where cohort.alternative = 'low') as low,
        max(cohort.persons) filter (where cohort.alternative = 'main') as main,
        max(cohort.persons) filter (where cohort.alternative = 'high') as high,
        max(cohort.reason) filter (where cohort.alternative = 'main') as reason,
        list_sort(list_distinct(flatten(list(cohort.vintage_ids)))) as vintage_ids
    from dimensioning_cohort as cohort
    cross join parameter_value
    where cohort.alternative <> 'observed'
    group by all
),
employed as (
    select
        offered.region_set, offered.region_id, offered.start_year,
        older.year, older.vintage_ids,
        case parameter_value.commuting
            when 'residents' then older.persons
            when 'workplaces'
            then older.persons * older.by_workplace / nullif(older.by_residence, 0)
        end as persons
    from (select distinct region_set, region_id, start_year from offered) as offered
    cross join parameter_value
    join employed_older as older
      on older.region_set = offered.region_set
     and older.region_id = offered.region_id
     and older.year <= offered.start_year
    where older.persons is not null
    qualify row_number() over (
        partition by offered.region_set, offered.region_id, offered.start_year
        order by older.year desc
    ) = 1
),
reckoned as (
    select
        offered.*, parameter_value.*,
        ahead.low, ahead.main, ahead.high, ahead.reason as ahead_reason,
        offered.expected_newly_qualified_persons
            * (1 - parameter_value.share_to_higher_education_pct / 100) as to_work,
        case when offered.programme = '_T' then employed.persons end as employed_55_66_persons,
        case when offered.programme = '_T' then employed.year end as employed_year,
        case when offered.programme = '_T'
            then employed.persons / nullif(parameter_value.retirement_age - 55, 0) end as retirements,
        list_sort(list_distinct(list_concat(
            -- The wide table has its answers as a list here and as text in a release.
            offered.vintage_ids, coalesce(ahead.vintage_ids, []),
            case when offered.programme = '_T' then coalesce(employed.vintage_ids, []) else [] end
        ))) as all_vintages
    from offered
    cross join parameter_value
    left join ahead using (region_set, region_id, start_year)
    left join employed using (region_set, region_id, start_year)
)
select
    region_set, region_id, region_level, county_id, programme, school_year,
    'school_year' as period_type,
    planning_years, retirement_age, share_to_higher_education_pct, commuting,
    cohort_16_persons,
    low as cohort_16_ahead_low_persons,
    main as cohort_16_ahead_main_persons,
    high as cohort_16_ahead_high_persons,
    case when cohort_16_persons > 0 then 100 * (main - cohort_16_persons) / cohort_16_persons end
        as cohort_change_pct,
    case
        when cohort_16_persons > 0 and main is not null then null
        else coalesce(cohort_reason, ahead_reason,
            case when cohort_16_persons = 0 then 'denominator_zero' else 'projection_absent' end)
    end as cohort_change_reason,
    expected_newly_qualified_persons,
    case when programme_type = 'vocational' then to_work end as expected_to_work_persons,
    case
        when programme_type <> 'vocational' then 'not_vocational'
        when to_work is not null then null
        else coalesce(expected_newly_qualified_reason, 'parameter_not_set')
    end as expected_to_work_reason,
    employed_55_66_persons,
    cast(employed_year as varchar) as employed_year,
    retirements as retirements_persons,
    case
        when retirements is not null then null
        when programme <> '_T' then 'no_source_age_occupation'
        else 'not_in_period'
    end as retirements_reason,
    case when retirements is not null then 'assumption' end as retirements_evidence,
    data_origin.name as data_origin,
    all_vintages as vintage_ids
from reckoned
cross join data_origin
order by region_set, region_id, school_year, programme
