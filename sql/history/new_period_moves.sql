-- One row per indicator with a new period: the county's headline figure in it, and in the period to
-- compare with (the same month or quarter a year before, else the period before). Greatest first.
with shown as (
    select
        indicator_value.indicator_id, region_set, region_id, period, period_type,
        "value", indicator_value.unit, indicator_value.decimals, series_break, obs_status
    from indicator_value
    join indicator on indicator.indicator_id = indicator_value.indicator_id
    where is_headline
      and region_level = 'county'
      and "value" is not null
      and period <= coalesce(nullif(indicator.headline_period, ''), period)
),
came as (
    select distinct indicator_id, region_set, region_id, period
    from changes
    where kind = 'new' and scope = 'period' and is_headline and region_level = 'county'
),
newest as (
    select shown.*
    from shown
    join came using (indicator_id, region_set, region_id, period)
    qualify row_number() over (
        partition by indicator_id, region_set, region_id order by period desc
    ) = 1
),
compared as (
    select newest.*, shown.period as earlier_period, shown."value" as earlier_value
    from newest
    left join shown
      on shown.indicator_id = newest.indicator_id
     and shown.region_set = newest.region_set
     and shown.region_id = newest.region_id
     and case
            when newest.period_type in ('month', 'quarter')
            then shown.period
                = cast(cast(newest.period[:4] as integer) - 1 as varchar) || newest.period[5:]
            else shown.period < newest.period
         end
    qualify row_number() over (
        partition by newest.indicator_id, newest.region_set, newest.region_id
        order by shown.period desc
    ) = 1
)
select
    *,
    "value" - earlier_value as change,
    abs("value" - earlier_value) / nullif(abs(earlier_value), 0) as relative_change
from compared
order by relative_change desc nulls last, indicator_id, region_id
