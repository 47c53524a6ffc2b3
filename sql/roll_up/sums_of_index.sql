-- One row per region x period x breakdown x level of the parts: an index of the region's sums.
--
-- Input: sums_by_part (sums_of_parts.sql, each part of the index a breakdown of its own).
-- The index is the sum of squared shares, each share of sums over the region; numerator and
-- denominator are given so that their ratio is the index: sum(part^2) / whole, over the whole.
-- A region lacks what any part of it lacks.
select
    region_set, region_id, geo_level, period, breakdown.whole as breakdown,
    max(parts) as parts,
    min(parts_found) as parts_found,
    min(parts_known) as parts_known,
    max(parts_suppressed) as parts_suppressed,
    0 as parts_printed,
    bool_or(apportioned) as apportioned,
    bool_and(area_complete) as area_complete,
    sum(numerator * numerator / nullif(denominator, 0)) as numerator,
    max(denominator) as denominator,
    cast(null as double) as published,
    cast(null as double) as lower,
    cast(null as double) as upper,
    worst_status(obs_status) as obs_status,
    max(source_symbol) as source_symbol,
    list_sort(list_distinct(flatten(list(vintage_ids)))) as vintage_ids
from sums_by_part
group by region_set, region_id, geo_level, period, breakdown.whole
