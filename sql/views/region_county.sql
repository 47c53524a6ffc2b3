-- One row per region whose municipalities are all in one county of the release: that county.
create or replace view region_county as
with county as (
    select region_id as county_id, municipality_code
    from region_membership
    where region_set = 'county'
)
select
    region_membership.region_set,
    region_membership.region_id,
    min(county.county_id) as county_id
from region_membership
left join county on county.municipality_code = region_membership.municipality_code
group by region_membership.region_set, region_membership.region_id
having count(*) = count(county.county_id) and min(county.county_id) = max(county.county_id);
