-- One row per value that is not its own numerator and denominator put together.
--
-- Inputs: indicator_value, definition. Rows with a figure passed on from the source have neither
-- numerator nor denominator. A denominator that is not positive is another rule's business.
with expected as (
    select
        indicator_value.indicator_id, indicator_value.region_set, indicator_value.region_id,
        indicator_value.period, indicator_value.breakdown as of_breakdown,
        indicator_value.numerator, indicator_value.denominator, indicator_value.value,
        case
            when definition.aggregation = 'sum' or definition.flow = 'net'
            then definition.multiplier * indicator_value.numerator
            else definition.multiplier * indicator_value.numerator / indicator_value.denominator
        end as expected_value,
        indicator_value.vintage_ids
    from indicator_value
    join definition on definition.indicator_id = indicator_value.indicator_id
    -- An index is made of the squares of its parts, which its row does not hold.
    where definition.aggregation <> 'index_of_sums'
      and indicator_value.value is not null
      and (indicator_value.numerator is not null or indicator_value.denominator is not null)
      and (indicator_value.denominator is null or indicator_value.denominator > 0)
)
select
    indicator_id, region_set, region_id, period, of_breakdown,
    numerator, denominator, value, expected_value, vintage_ids
from expected
where not coalesce(
    abs(value - expected_value) <= 1e-9 * greatest(1, abs(expected_value)), false
)
order by all
