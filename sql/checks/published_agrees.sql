-- One row per value that lies further from the source's own figure than rounding explains.
--
-- Inputs: indicator_value, definition. A published figure has `decimals` decimals, so half a unit
-- of the last one is free; published_tolerance is what the definition allows beyond that.
with compared as (
    select
        indicator_value.indicator_id, indicator_value.region_set, indicator_value.region_id,
        indicator_value.period, indicator_value.breakdown as of_breakdown,
        indicator_value.value, indicator_value.published_value,
        0.5 * power(10, -indicator_value.decimals)
            + coalesce(definition.published_tolerance, 0) as allowed_difference,
        indicator_value.vintage_ids
    from indicator_value
    left join definition on definition.indicator_id = indicator_value.indicator_id
    where indicator_value.value is not null and indicator_value.published_value is not null
)
select
    indicator_id, region_set, region_id, period, of_breakdown,
    value, published_value, allowed_difference, vintage_ids
from compared
where not coalesce(abs(value - published_value) <= allowed_difference + 1e-9, false)
order by all
