-- One row per region set x period whose flows differ in total from those of another set.
--
-- Input: commuting_flow. Every set holds the whole matrix, with _O for what lies outside it. A set
-- with a flow that is not known has no total; a flow that cannot exist (M) counts as none.
with totals as (
    select
        region_set, period,
        sum(persons) as persons,
        max(vintage_ids) as vintage_ids
    from commuting_flow
    group by region_set, period
    having count(*) filter (where persons is null and obs_status <> 'M') = 0
),
spread as (
    select
        region_set, period, persons, vintage_ids,
        min(persons) over (partition by period) as smallest,
        max(persons) over (partition by period) as largest
    from totals
)
select region_set, period, persons, smallest, largest, vintage_ids
from spread
where not largest - smallest <= 1e-6 + 1e-9 * largest
order by all
