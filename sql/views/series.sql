-- One row per indicator x region x period: the value in the breakdown that is shown first, beside
-- the one a year before (for months and quarters the same one of that year).
create or replace view series as
with dated as (
    select
        indicator_value.*,
        try_cast(substr(period, 1, 4) as integer) as first_year,
        case when period_type in ('month', 'quarter') then substr(period, 5) else '' end
            as part_of_year
    from indicator_value
    where is_headline
),
compared as (
    select
        dated.*,
        lag(value) over before as earlier_value,
        lag(first_year) over before as earlier_year
    from dated
    window before as (
        partition by indicator_id, region_set, region_id, period_type, part_of_year
        order by first_year
    )
),
comparable as (
    select
        compared.*,
        case when earlier_year = first_year - 1 then earlier_value end as value_year_before,
        -- Over a changed border the difference says more of the map than of the people.
        case when earlier_year = first_year - 1 and not coalesce(series_break, false)
            then earlier_value end as base
    from compared
)
select
    comparable.indicator_id,
    indicator.title_nb,
    indicator.title_en,
    comparable.region_set,
    comparable.region_id,
    comparable.region_level,
    region.name_nb as region_name_nb,
    region.name_en as region_name_en,
    comparable.period,
    comparable.period_type,
    comparable.value,
    comparable.unit,
    comparable.decimals,
    comparable.obs_status,
    comparable.lower,
    comparable.upper,
    comparable.series_break,
    comparable.value_year_before,
    comparable.value - comparable.base as change,
    case comparable.unit when 'percent' then 'percentage points' else comparable.unit end
        as change_unit,
    case
        when comparable.unit = 'persons' and indicator.aggregation <> 'flow' and comparable.base > 0
        then 100 * (comparable.value - comparable.base) / comparable.base
    end as change_pct,
    comparable.reason,
    comparable.reason_nb,
    comparable.reason_en,
    comparable.data_origin,
    comparable.stale_since,
    comparable.vintage_ids
from comparable
join indicator on indicator.indicator_id = comparable.indicator_id
join region
  on region.region_set = comparable.region_set
 and region.region_id = comparable.region_id;
