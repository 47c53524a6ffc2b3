-- One row per region x period x breakdown whose parts do not add up to all together.
--
-- Inputs: part (one row per value x breakdown that divides everyone), definition. Where the
-- breakdown has no _T, the parts of a share add up to its denominator. A group with a part that is
-- not known is left out; where the source rounds its counts, half a person per part is free.
with grouped as (
    select
        region_set, region_id, period, partition, others,
        sum(numerator) filter (where code <> '_T') as sum_of_parts,
        count(*) filter (where code <> '_T') as parts,
        coalesce(
            max(numerator) filter (where code = '_T'),
            max(denominator) filter (where code <> '_T')
        ) as whole,
        max(vintage_ids) as vintage_ids
    from part
    group by all
    having count(*) filter (where value is null or numerator is null) = 0
       and count(*) filter (where code <> '_T') > 1
)
select
    definition.indicator_id, grouped.region_set, grouped.region_id, grouped.period,
    grouped.partition, grouped.others, grouped.sum_of_parts, grouped.whole, grouped.vintage_ids
from grouped
cross join definition
where grouped.whole is not null
  and not abs(grouped.sum_of_parts - grouped.whole)
        <= case when definition.counts_rounded then 0.5 * (grouped.parts + 1) else 0 end
            + 1e-6 + 1e-9 * abs(grouped.whole)
order by all
