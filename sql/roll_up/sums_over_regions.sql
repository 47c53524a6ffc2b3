-- One row per row of the value table x sum over regions that it takes part in, as the whole or as
-- one of the parts.
--
-- Inputs: counted, region, region_membership, geo_weight, definition.
-- A region is the sum of its municipalities, if each of them has rows; a county is the sum of the
-- counties of earlier times that it was made of; the country is the sum of the counties of today,
-- if each has a row, and of the centrality classes, which hold every municipality. Every other sum
-- (a region and the municipalities outside it, two sets that overlap) follows from these. Commuters
-- do not add up over regions.
with own as (
    select region_id from region where region_set = 'municipality'
),
closed as (
    select region_membership.region_set, region_membership.region_id
    from region_membership
    left join own on own.region_id = region_membership.municipality_code
    where region_membership.region_set <> 'municipality'
    group by all
    having count(*) = count(own.region_id)
),
of_municipalities as (
    select whole.row_id as whole_id, part.row_id as part_id
    from counted as whole
    join closed on closed.region_set = whole.region_set and closed.region_id = whole.region_id
    join region_membership as member
      on member.region_set = whole.region_set and member.region_id = whole.region_id
    join counted as part
      on part.region_set = 'municipality'
     and part.region_id = member.municipality_code
     and part.period = whole.period
     and part.breakdown = whole.breakdown
    cross join definition
    where definition.aggregation <> 'flow'
),
former as (
    select
        whole.row_id as whole_id, part.row_id as part_id,
        count(*) over (partition by whole.row_id) as parts,
        count(part.row_id) over (partition by whole.row_id) as parts_with_row
    from counted as whole
    join geo_weight
      on geo_weight.geo_level = 'county'
     and geo_weight.region_set = 'county'
     and whole.region_set = 'county'
     and geo_weight.region_id = whole.region_id
     and (geo_weight.valid_from is null or geo_weight.valid_from <= whole.reference_date)
     and (geo_weight.valid_to is null or whole.reference_date < geo_weight.valid_to)
    cross join definition
    left join counted as part
      on part.region_set = 'county_historical'
     and part.region_id = geo_weight.geo_code
     and part.period = whole.period
     and part.breakdown = whole.breakdown
    where definition.aggregation <> 'flow'
),
of_classes as (
    select whole.row_id as whole_id, part.row_id as part_id
    from counted as whole
    join counted as part
      on part.region_set = 'centrality'
     and part.period = whole.period
     and part.breakdown = whole.breakdown
    cross join definition
    where whole.region_set = 'country' and definition.aggregation <> 'flow'
),
of_counties as (
    select whole.row_id as whole_id, part.row_id as part_id
    from counted as whole
    join counted as part
      on part.region_set in ('county', 'other_counties')
     and part.period = whole.period
     and part.breakdown = whole.breakdown
    cross join definition
    where whole.region_set = 'country' and definition.aggregation <> 'flow'
    qualify count(*) over (partition by whole.row_id)
        = (select count(*) from region where region_set in ('county', 'other_counties'))
),
sums as (
    select 'municipalities' as kind, whole_id, part_id from of_municipalities
    union all
    select 'former' as kind, whole_id, part_id from former where parts = parts_with_row
    union all
    select 'counties' as kind, whole_id, part_id from of_counties
    union all
    select 'classes' as kind, whole_id, part_id from of_classes
)
select kind || ' ' || whole_id as sum_id, 'regions' as kind, part_id as row_id, false as is_whole
from sums
union all
select distinct kind || ' ' || whole_id, 'regions', whole_id, true
from sums
