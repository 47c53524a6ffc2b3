-- One row per value that two releases give differently. kind: new (a figure where there was none),
-- gone (none where there was one), redefined (the definition has another version), revised (another
-- value, or other counts behind it), status. scope says what all of is new or gone: the indicator,
-- the period, the region or single cells.
with sides as (
    select *, true as is_later from later
    union all by name
    select *, false as is_later from earlier
),
met as (
    select
        * exclude (
            is_later, "value", numerator, denominator, obs_status, reason, definition_version,
            vintage_ids, unit, decimals, is_headline, period_type, series_break
        ),
        count(*) = 2 as in_both,
        any_value(definition_version) filter (where not is_later) as earlier_definition_version,
        any_value(definition_version) filter (where is_later) as later_definition_version,
        any_value("value") filter (where not is_later) as earlier_value,
        any_value("value") filter (where is_later) as later_value,
        any_value(numerator) filter (where not is_later) as earlier_numerator,
        any_value(numerator) filter (where is_later) as later_numerator,
        any_value(denominator) filter (where not is_later) as earlier_denominator,
        any_value(denominator) filter (where is_later) as later_denominator,
        any_value(obs_status) filter (where not is_later) as earlier_obs_status,
        any_value(obs_status) filter (where is_later) as later_obs_status,
        any_value(reason) filter (where is_later) as later_reason,
        any_value(vintage_ids) filter (where not is_later) as earlier_vintage_ids,
        any_value(vintage_ids) filter (where is_later) as later_vintage_ids,
        any_value(unit) as unit,
        any_value(decimals) as decimals,
        coalesce(bool_or(is_headline), false) as is_headline
    from sides
    group by all
),
told as (
    select
        *,
        case
            when earlier_value is null and later_value is not null then 'new'
            when earlier_value is not null and later_value is null then 'gone'
            when later_value is null
            then case when in_both and earlier_obs_status <> later_obs_status then 'status' end
            when earlier_definition_version <> later_definition_version then 'redefined'
            -- Nine decimals: the same figure worked out in another order is no revision.
            when round(earlier_value, 9) <> round(later_value, 9)
                or round(earlier_numerator, 9) is distinct from round(later_numerator, 9)
                or round(earlier_denominator, 9) is distinct from round(later_denominator, 9)
            then 'revised'
            when earlier_obs_status <> later_obs_status then 'status'
        end as kind
    from met
),
had as (
    select
        is_later, indicator_id, period, region_set, region_id,
        grouping_id(period, region_set, region_id) as level
    from sides
    where "value" is not null
    group by grouping sets (
        (is_later, indicator_id),
        (is_later, indicator_id, period),
        (is_later, indicator_id, region_set, region_id)
    )
)
select
    told.kind,
    case
        when told.kind not in ('new', 'gone') then null
        when of_indicator.indicator_id is null then 'indicator'
        when of_period.indicator_id is null then 'period'
        when of_region.indicator_id is null then 'region'
        else 'cell'
    end as scope,
    told.* exclude (kind, in_both, earlier_vintage_ids, later_vintage_ids),
    told.later_value - told.earlier_value as change,
    -- The answers that the later release uses and the earlier one did not.
    array_to_string(
        list_sort(list_filter(
            string_split(coalesce(told.later_vintage_ids, ''), ' '),
            lambda answer: not list_contains(
                string_split(coalesce(told.earlier_vintage_ids, ''), ' '), answer
            ) and answer <> ''
        )),
        ' '
    ) as new_vintage_ids
from told
left join had as of_indicator
  on of_indicator.level = 7
 and of_indicator.indicator_id = told.indicator_id
 and of_indicator.is_later = (told.kind = 'gone')
left join had as of_period
  on of_period.level = 3
 and of_period.indicator_id = told.indicator_id
 and of_period.period = told.period
 and of_period.is_later = (told.kind = 'gone')
left join had as of_region
  on of_region.level = 4
 and of_region.indicator_id = told.indicator_id
 and of_region.region_set = told.region_set
 and of_region.region_id = told.region_id
 and of_region.is_later = (told.kind = 'gone')
where told.kind is not null
order by columns(told.* exclude (
    kind, in_both, earlier_vintage_ids, later_vintage_ids, earlier_definition_version,
    later_definition_version, earlier_value, later_value, earlier_numerator, later_numerator,
    earlier_denominator, later_denominator, earlier_obs_status, later_obs_status, later_reason,
    unit, decimals, is_headline
))
