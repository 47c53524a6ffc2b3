-- One row per region x code of the time that makes it up, at the level that it is answered from:
-- a region from its municipalities, a county and the country as the source counts them.
select
    region.region_set, region.region_id, region.region_level,
    geo_weight.geo_level, geo_weight.geo_code,
    geo_weight.valid_from, geo_weight.valid_to,
    geo_weight.weight, geo_weight.apportioned, geo_weight.area_complete
from region
join geo_weight
  on geo_weight.region_set = region.region_set
 and geo_weight.region_id = region.region_id
where region.region_level in ('region', 'county', 'country')
  and geo_weight.geo_level
    = case region.region_level when 'region' then 'municipality' else region.region_level end
