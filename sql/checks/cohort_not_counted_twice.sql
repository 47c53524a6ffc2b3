-- One row per set of regions without overlap x county x year x alternative with more people in its
-- regions than in the county; the source's parts may differ from its total by a hundredth.
-- Inputs: dimensioning_cohort, region, region_membership.
with county as (
    select region_membership.municipality_code, region_membership.region_id as county_id
    from region_membership
    join region
      on region.region_set = region_membership.region_set
     and region.region_id = region_membership.region_id
    where region.region_level = 'county'
),
placed as (
    select region.region_set, region.region_id, max(county.county_id) as county_id
    from region
    join region_membership as part
      on part.region_set = region.region_set and part.region_id = region.region_id
    left join county on county.municipality_code = part.municipality_code
    where region.region_level = 'region' and region.disjoint
    group by all
    -- A region that reaches into another county may have more than its part of this one.
    having count(distinct county.county_id) = 1 and count(*) = count(county.county_id)
),
added as (
    select
        placed.region_set, placed.county_id, cohort.cohort_year, cohort.alternative,
        sum(cohort.persons) as persons
    from placed
    join dimensioning_cohort as cohort
      on cohort.region_set = placed.region_set and cohort.region_id = placed.region_id
    group by all
)
select
    added.region_set, added.county_id, added.cohort_year, added.alternative,
    added.persons as in_regions, cohort.persons as in_county, cohort.vintage_ids
from added
join dimensioning_cohort as cohort
  on cohort.region_level = 'county'
 and cohort.region_id = added.county_id
 and cohort.cohort_year = added.cohort_year
 and cohort.alternative = added.alternative
where added.persons > 1.01 * cohort.persons + 0.5
  -- A county within other borders than today's regions is marked so.
  and cohort.obs_status <> 'B'
order by all
