-- One row per county or country x survey year x programme (upper secondary) or field of education
-- (fagskole): the shortage, with the bounds that it has.
--
-- Parts of one estimate (the county's total by the pattern of the country) are added with their
-- bounds. Occupations of the country are estimates of their own: the distances to their bounds go
-- together by the root of the sum of squares, which takes them as independent.
with programmes as (
    select
        region_set, region_id, region_level, source_table_id, period, period_type, evidence,
        interval_method, programme,
        shortage_persons as part, lower_persons as lower, upper_persons as upper,
        obs_status, vintage_ids
    from dimensioning_demand
    where programme <> '_N'
    union all
    select
        region_set, region_id, region_level, source_table_id, period, period_type, evidence,
        interval_method, '_T', shortage_persons, lower_persons, upper_persons,
        obs_status, vintage_ids
    from dimensioning_demand
),
summed as (
    select
        region_set, region_id, region_level, source_table_id, period, period_type, evidence,
        programme,
        case when count(*) = count(part) then sum(part) end as value,
        count(*) = count(lower) and count(*) = count(upper) as bounded,
        max(interval_method) as part_method,
        sum(lower) as lower_sum, sum(upper) as upper_sum,
        sqrt(sum((part - lower) ** 2)) as below, sqrt(sum((upper - part) ** 2)) as above,
        worst_status(obs_status) as obs_status,
        list_sort(list_distinct(flatten(list(vintage_ids)))) as vintage_ids
    from programmes
    group by all
),
upper_secondary as (
    select
        'upper_secondary' as offer, * exclude (
            bounded, part_method, lower_sum, upper_sum, below, above
        ),
        case when not bounded or value is null then null
            when part_method = 'scaled_county_interval' then lower_sum
            else greatest(value - below, 0) end as lower,
        case when not bounded or value is null then null
            when part_method = 'scaled_county_interval' then upper_sum
            else value + above end as upper,
        case when not bounded or value is null then null
            when part_method = 'scaled_county_interval' then part_method
            else 'root_sum_of_squares' end as interval_method
    from summed
),
asked as (
    select
        education_field, period, period_type,
        max(value) filter (where measure = 'shortage') as value,
        max(value) filter (where measure = 'lower') as lower,
        max(value) filter (where measure = 'upper') as upper,
        max(obs_status) filter (where measure = 'shortage') as obs_status,
        vintages(vintage_id) as vintage_ids
    from nav_survey_education
    where education_level = 'Høyere yrkesfaglig utdanning (fagskole)'
    group by all
),
-- Where the survey prints no row for the whole level, its fields are the whole.
levels as (
    select * from asked
    union all by name
    select
        '_T' as education_field, period, period_type,
        case when count(*) = count(value) then sum(value) end as value,
        worst_status(obs_status) as obs_status,
        list_sort(list_distinct(flatten(list(vintage_ids)))) as vintage_ids
    from asked
    group by period, period_type
    having not bool_or(education_field = '_T')
),
all_levels as (
    select period, max(value) as value
    from nav_survey_education
    where education_level = '_T' and measure = 'shortage'
    group by period
),
county as (
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
fagskole as (
    select
        'fagskole' as offer, region.region_set, region.region_id, region.region_level,
        'nav/survey_education' as source_table_id, levels.period, levels.period_type,
        'measured here' as evidence, levels.education_field as programme,
        levels.value, levels.obs_status, levels.vintage_ids, levels.lower, levels.upper,
        case when levels.lower is not null then 'source_95' end as interval_method
    from levels
    join region on region.region_level = 'country'
    union all
    select
        'fagskole', county.region_set, county.region_id, county.region_level,
        'nav/survey_county', levels.period, levels.period_type,
        'national pattern applied', levels.education_field,
        county.value * levels.value / all_levels.value,
        case when county.value is null or levels.value is null then 'O' else 'E' end,
        list_sort(list_distinct(list_concat(county.vintage_ids, levels.vintage_ids))),
        county.lower * levels.value / all_levels.value,
        county.upper * levels.value / all_levels.value,
        case when county.lower is not null then 'scaled_county_interval' end
    from levels
    join all_levels on all_levels.period = levels.period and all_levels.value > 0
    join county on county.period = levels.period
),
both_offers as (
    select * from upper_secondary
    union all by name
    select * from fagskole
)
select
    offer, 'shortage' as measure, programme, '_T' as variant, period, period_type, source_table_id,
    region_set, region_id, region_level, value,
    cast(null as double) as numerator, cast(null as double) as denominator,
    lower, upper, interval_method,
    case when value is null and obs_status not in ('Q', 'M', 'L', 'O') then 'O'
        else obs_status end as obs_status,
    case when value is not null then evidence end as evidence,
    case when value is null then 'parts_without_figure' end as reason,
    vintage_ids
from both_offers
