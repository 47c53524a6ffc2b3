-- One row per headline of a county or the country that changed by more than its definition allows
-- from the period before.
--
-- Inputs: indicator_value, definition (jump_points, jump_percent), indicator_break. A change over a
-- declared break, or over a changed border, is not asked about.
with followed as (
    select
        indicator_id, region_set, region_id, period, value, obs_status, series_break, vintage_ids,
        lag(period) over before as earlier_period,
        lag(value) over before as earlier_value
    from indicator_value
    where is_headline and value is not null and region_level in ('county', 'country')
    window before as (partition by region_set, region_id, period_type order by period)
)
select
    followed.indicator_id, followed.region_set, followed.region_id, followed.period,
    followed.value, followed.earlier_period, followed.earlier_value,
    coalesce(
        definition.jump_points, definition.jump_percent / 100 * abs(followed.earlier_value)
    ) as allowed_change,
    followed.vintage_ids
from followed
join definition on definition.indicator_id = followed.indicator_id
where abs(followed.value - followed.earlier_value) > coalesce(
        definition.jump_points, definition.jump_percent / 100 * abs(followed.earlier_value)
    )
  and not followed.series_break
  and followed.obs_status <> 'B'
  and not exists (
    select 1
    from indicator_break
    where indicator_break.indicator_id = followed.indicator_id
      and indicator_break.period > followed.earlier_period
      and indicator_break.period <= followed.period
)
order by all
