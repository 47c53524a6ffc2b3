-- One row per figure below 0 of an indicator that is neither a share nor a balance or change.
-- Inputs: indicator_value, definition (is_share, may_be_negative).
select
    indicator_value.indicator_id, indicator_value.region_set, indicator_value.region_id,
    indicator_value.period, indicator_value.breakdown as of_breakdown,
    indicator_value.value, indicator_value.vintage_ids
from indicator_value
join definition on definition.indicator_id = indicator_value.indicator_id
where indicator_value.value < 0
  and not definition.is_share
  and not definition.may_be_negative
order by all
