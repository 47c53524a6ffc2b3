-- One row per row of the value table x sum over the codes of one breakdown that it takes part in.
--
-- Inputs: coded (counted, with the breakdown's code and the breakdown without it as `others`).
-- Codes are taken to add up where the figures do so: never above the total (kind `codes`), or the
-- common denominator (kind `shares`, whose whole is the denominator), and to most of it. Whether
-- the denominators add up too is said by `wholes`.
with complete as (
    select
        region_set, region_id, period, others,
        count(*) filter (where code <> '_T') as codes,
        sum(numerator) filter (where code <> '_T') as parts,
        max(numerator) filter (where code = '_T') as total,
        sum(denominator) filter (where code <> '_T') as parts_whole,
        max(denominator) filter (where code = '_T') as total_whole,
        min(denominator) filter (where code <> '_T') as smallest_whole,
        max(denominator) filter (where code <> '_T') as largest_whole
    from coded
    group by all
    having codes > 1 and count(numerator) = count(*)
),
additive as (
    select
        coalesce(bool_and(parts < total + 0.5) and sum(parts) > 0.95 * sum(total), false) as counts,
        coalesce(
            bool_and(parts_whole < total_whole + 0.5)
                and sum(parts_whole) > 0.95 * sum(total_whole), false
        ) as wholes,
        coalesce(
            bool_and(smallest_whole = largest_whole)
                and bool_and(parts < largest_whole + 0.5)
                and sum(parts) > 0.95 * sum(largest_whole), false
        ) as shares
    from complete
),
grouped as (
    select
        coded.row_id, coded.code = '_T' as is_whole,
        min(coded.row_id) over (
            partition by coded.region_set, coded.region_id, coded.period, coded.others
        ) as first_id,
        count(*) filter (where coded.code = '_T') over (
            partition by coded.region_set, coded.region_id, coded.period, coded.others
        ) as totals,
        additive.counts, additive.wholes, additive.shares
    from coded
    cross join additive
)
select
    'codes ' || first_id as sum_id,
    case when wholes then 'codes and wholes' else 'codes' end as kind,
    row_id, is_whole
from grouped
where counts and totals = 1
union all
select 'shares ' || first_id, 'shares', row_id, false
from grouped
where shares and not is_whole
