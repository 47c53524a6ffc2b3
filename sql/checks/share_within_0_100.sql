-- One row per share that is below 0 or above 100 per cent, or whose numerator exceeds its
-- denominator. Inputs: indicator_value, definition (is_share says which indicators are shares).
select
    indicator_value.indicator_id, indicator_value.region_set, indicator_value.region_id,
    indicator_value.period, indicator_value.breakdown as of_breakdown,
    indicator_value.numerator, indicator_value.denominator, indicator_value.value,
    indicator_value.vintage_ids
from indicator_value
join definition on definition.indicator_id = indicator_value.indicator_id and definition.is_share
where isfinite(indicator_value.value)
  and not indicator_value.value between -1e-9 and 100 + 1e-9
order by all
