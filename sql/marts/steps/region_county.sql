-- One row per region x the county that it lies in; none for a region across counties.
with counties as (
    select region_membership.municipality_code, region_membership.region_id as county_id
    from region_membership
    join region
      on region.region_set = region_membership.region_set
     and region.region_id = region_membership.region_id
    where region.region_level = 'county'
)
select parts.region_set, parts.region_id, max(counties.county_id) as county_id
from region_membership as parts
join region
  on region.region_set = parts.region_set and region.region_id = parts.region_id
join counties on counties.municipality_code = parts.municipality_code
where region.region_level in ('region', 'county')
group by parts.region_set, parts.region_id
having count(distinct counties.county_id) = 1
