-- One row per indicator x municipality x period: the rank of its headline figure among the
-- municipalities of its county, and how sure it is. Without a value there is no rank.
create or replace view rank_municipalities as
with peer as (
    select region.region_set, region.region_id, region_county.county_id as group_id
    from region
    join region_county
      on region_county.region_set = region.region_set
     and region_county.region_id = region.region_id
    where region.region_level = 'municipality'
),
{ranked}
select * exclude (group_id), group_id as county_id from result;
