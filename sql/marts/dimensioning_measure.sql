-- One row per offer x measure x region x programme (or field) x variant x period: what is known, in
-- its own period, or the reason why nothing is. A region below the source's level has the county's
-- figure as context, in columns of its own.
with found as (
    select * from measure_region
    union all by name
    select * from measure_shortage
),
cells as (
    select distinct offer, measure, programme, variant, period, period_type
    from found
    union
    -- A programme that no occupation of the survey leads to is answered too.
    select distinct found.offer, found.measure, programme.programme, found.variant, found.period,
        found.period_type
    from found
    join programme
      on programme.programme_type = 'vocational' and programme.last_school_year is null
    where found.offer = 'upper_secondary' and found.measure = 'shortage'
),
wanted as (
    select region.region_set, region.region_id, region.region_level, region_county.county_id, cells.*
    from cells
    cross join region
    left join region_county
      on region_county.region_set = region.region_set
     and region_county.region_id = region.region_id
    where region.region_level in ('region', 'county', 'country')
),
linked as (
    select count(*) > 0 as occupations_linked
    from dimensioning_demand
    where programme <> '_N'
),
joined as (
    select
        wanted.*,
        listed.part, listed.unit,
        found.* exclude (
            offer, measure, programme, variant, period, period_type,
            region_set, region_id, region_level, reason
        ),
        context.region_id as context_region_id,
        region_share.share,
        region_share.vintage_ids as share_vintages,
        context.value as context_value,
        context.lower as context_lower,
        context.upper as context_upper,
        context.source_table_id as context_table_id,
        context.vintage_ids as context_vintages,
        case
            when found.region_id is not null then found.reason
            when wanted.region_level = 'region' and listed.lowest_level = 'municipality'
            then 'not_in_answer'
            when wanted.region_level = 'region'
                or (wanted.region_level = 'county' and listed.lowest_level = 'country')
            then listed.blank_reason
            when listed.measure = 'shortage' and wanted.offer = 'upper_secondary'
                and not linked.occupations_linked
            then 'no_crosswalk'
            else 'not_in_answer'
        end as blank_reason,
        -- Other contents from this year on: a programme's figures do not compare across it.
        coalesce(
            try_cast(left(wanted.period, 4) as integer) = cast(programme.break_year as integer),
            false
        ) as breaks
    from wanted
    cross join linked
    join dimensioning_measure_list as listed
      on listed.offer = wanted.offer and listed.measure = wanted.measure
    left join programme on programme.programme = wanted.programme
    left join found
      on found.offer = wanted.offer
     and found.measure = wanted.measure
     and found.programme = wanted.programme
     and found.variant = wanted.variant
     and found.period = wanted.period
     and found.region_set = wanted.region_set
     and found.region_id = wanted.region_id
    left join found as context
      on context.offer = wanted.offer
     and context.measure = wanted.measure
     and context.programme = wanted.programme
     and context.variant = wanted.variant
     and context.period = wanted.period
     and context.region_level = 'county'
     and context.region_id = wanted.county_id
     and wanted.region_level = 'region'
     and found.value is null
    left join region_share
      on wanted.measure = 'shortage'
     and region_share.region_set = wanted.region_set
     and region_share.region_id = wanted.region_id
),
-- What a county has asked to divide over its regions, though the survey does not carry them.
shared as (
    select
        joined.* exclude (value, lower, upper, interval_method, evidence, obs_status, vintage_ids),
        case when modelled then context_value * share else value end as value,
        case when modelled then context_lower * share else lower end as lower,
        case when modelled then context_upper * share else upper end as upper,
        case when not modelled then interval_method
            when context_lower is not null then 'scaled_county_interval' end as interval_method,
        case when modelled then 'assumption' else evidence end as evidence,
        case when modelled then 'E' else obs_status end as obs_status,
        case when modelled then list_sort(list_distinct(list_concat(
            context_vintages, share_vintages
        ))) else vintage_ids end as vintage_ids
    from (
        select *, share is not null and context_value is not null and value is null as modelled
        from joined
    ) as joined
),
warned as (
    select
        joined.offer, joined.measure, joined.region_set, joined.region_id, joined.programme,
        joined.variant, joined.period,
        string_agg(dimensioning_warning.nb, ' ' order by dimensioning_warning.warning) as nb,
        string_agg(dimensioning_warning.en, ' ' order by dimensioning_warning.warning) as en
    from shared as joined
    join dimensioning_warning
      on list_contains(string_split(dimensioning_warning.measures, ' '), joined.measure)
     and list_contains(
            string_split(dimensioning_warning.source_table_id, ' '),
            coalesce(joined.source_table_id, joined.context_table_id)
        )
     and try_cast(left(joined.period, 4) as integer)
        between cast(dimensioning_warning.first_year as integer)
            and cast(dimensioning_warning.last_year as integer)
     and (dimensioning_warning.counties is null
        or list_contains(string_split(dimensioning_warning.counties, ' '), joined.county_id))
     and (dimensioning_warning.programmes is null
        or list_contains(string_split(dimensioning_warning.programmes, ' '), joined.programme))
    where coalesce(joined.value, joined.context_value) is not null
    group by all
)
select
    joined.offer, joined.measure, joined.part,
    joined.region_set, joined.region_id, joined.region_level,
    joined.programme, joined.variant, joined.period, joined.period_type,
    joined.value, joined.unit,
    joined.numerator, joined.denominator,
    joined.lower, joined.upper, joined.interval_method,
    case
        when joined.obs_status is null and joined.blank_reason in ('not_in_answer', 'no_crosswalk')
        then 'O'
        when joined.obs_status is null then 'L'
        when joined.value is not null and joined.breaks then worse_status(joined.obs_status, 'B')
        else joined.obs_status
    end as obs_status,
    case
        when joined.value is not null then joined.evidence
        when joined.context_value is not null then 'county figure'
    end as evidence,
    case when joined.context_value is not null then joined.context_region_id
        end as context_region_id,
    joined.context_value, joined.context_lower, joined.context_upper,
    coalesce(joined.source_table_id, joined.context_table_id) as source_table_id,
    case when joined.value is null then joined.blank_reason end as reason,
    dimensioning_reason.nb as reason_nb,
    dimensioning_reason.en as reason_en,
    warned.nb as warning_nb,
    warned.en as warning_en,
    data_origin.name as data_origin,
    coalesce(joined.vintage_ids, joined.context_vintages, []) as vintage_ids
from shared as joined
cross join data_origin
left join dimensioning_reason
  on joined.value is null and dimensioning_reason.code = joined.blank_reason
left join warned
  on warned.offer = joined.offer
 and warned.measure = joined.measure
 and warned.region_set = joined.region_set
 and warned.region_id = joined.region_id
 and warned.programme = joined.programme
 and warned.variant = joined.variant
 and warned.period = joined.period
order by
    joined.offer, joined.measure, joined.region_set, joined.region_id, joined.programme,
    joined.variant, joined.period
