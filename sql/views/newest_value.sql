-- One row per indicator x region x breakdown for the newest period that has figures (for
-- projections the period that the definition shows first). Regions without one are there too.
create or replace view newest_value as
with newest as (
    select
        indicator_value.indicator_id,
        coalesce(nullif(indicator.headline_period, ''), max(indicator_value.period)) as period
    from indicator_value
    join indicator on indicator.indicator_id = indicator_value.indicator_id
    where indicator_value.value is not null and indicator_value.is_headline
    group by indicator_value.indicator_id, indicator.headline_period
)
select indicator_value.*
from indicator_value
join newest
  on newest.indicator_id = indicator_value.indicator_id
 and newest.period = indicator_value.period;
