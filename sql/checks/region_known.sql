-- One row per region that a table names but the region table does not hold.
-- Inputs: indicator_value, commuting_flow, region_membership, region. `_O` is outside a set.
with named as (
    select distinct 'indicator_value' as table_name, region_set, region_id from indicator_value
    union
    select 'commuting_flow', region_set, residence_region_id from commuting_flow
    union
    select 'commuting_flow', region_set, workplace_region_id from commuting_flow
    union
    select 'region_membership', region_set, region_id from region_membership
)
select named.table_name, named.region_set, named.region_id
from named
where not (named.table_name = 'commuting_flow' and named.region_id = '_O')
  and not exists (
    select 1
    from region
    where region.region_set = named.region_set and region.region_id = named.region_id
)
order by all
