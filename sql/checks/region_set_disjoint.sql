-- One row per municipality that is in two regions of a set that says it has no overlap.
-- Inputs: region, region_membership.
select
    region_membership.region_set, region_membership.municipality_code,
    string_agg(distinct region.region_id, ', ' order by region.region_id) as in_regions
from region_membership
join region
  on region.region_set = region_membership.region_set
 and region.region_id = region_membership.region_id
where region.disjoint
group by region_membership.region_set, region_membership.municipality_code
having count(distinct region.region_id) > 1
order by all
