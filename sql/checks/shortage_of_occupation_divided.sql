-- One row per county or country x survey year x occupation whose parts do not add up to it.
-- Input: dimensioning_demand.
select
    region_set, region_id, source_table_id, period, occupation,
    max(occupation_shortage_persons) as shortage, sum(shortage_persons) as parts
from dimensioning_demand
group by region_set, region_id, source_table_id, period, occupation
having count(distinct occupation_shortage_persons) > 1
    or not abs(coalesce(sum(shortage_persons), 0) - coalesce(max(occupation_shortage_persons), 0))
        <= 1e-6
order by all
