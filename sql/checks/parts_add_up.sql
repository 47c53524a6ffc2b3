-- One row per region set x indicator x period x breakdown where sets that hold the same area add up
-- to different sums.
--
-- Inputs: indicator_value, definition, region, region_membership. Compared are the county and the
-- disjoint sets that hold exactly its municipalities, and of these only those whose every part is
-- computed from municipalities: a county's own figure also counts persons whose municipality is
-- not known, and a figure passed on from the source may be rounded.
with county_part as (
    select municipality_code
    from region_membership
    where region_set = 'county'
),
set_part as (
    select distinct region_set, municipality_code
    from region_membership
),
covering as (
    select set_part.region_set
    from set_part
    left join county_part on county_part.municipality_code = set_part.municipality_code
    group by set_part.region_set
    having count(*) = count(county_part.municipality_code)
       and count(*) = (select count(*) from county_part)
),
sets as (
    select region.region_set, count(*) as parts
    from region
    join covering on covering.region_set = region.region_set
    group by region.region_set
    having bool_and(region.disjoint)
),
added as (
    select
        indicator_value.region_set, indicator_value.indicator_id,
        indicator_value.period, indicator_value.breakdown,
        sum(indicator_value.numerator) as numerator,
        coalesce(sum(indicator_value.denominator), 0) as denominator,
        max(indicator_value.vintage_ids) as vintage_ids
    from indicator_value
    join sets on sets.region_set = indicator_value.region_set
    join definition on definition.indicator_id = indicator_value.indicator_id
    where definition.aggregation in ('ratio_of_sums', 'sum')
      and indicator_value.computed_from = 'municipality'
      and indicator_value.value is not null
      and indicator_value.numerator is not null
    group by all
    having count(*) = max(sets.parts)
),
spread as (
    select
        region_set, indicator_id, period, breakdown, numerator, denominator, vintage_ids,
        max(numerator) over same_area as largest_numerator,
        max(numerator) over same_area - min(numerator) over same_area as numerator_spread,
        max(denominator) over same_area as largest_denominator,
        max(denominator) over same_area - min(denominator) over same_area as denominator_spread
    from added
    window same_area as (partition by indicator_id, period, breakdown)
)
select
    region_set, indicator_id, period, breakdown as of_breakdown,
    numerator as sum_of_numerators, denominator as sum_of_denominators, vintage_ids
from spread
-- Shares of divided municipalities are no round numbers; 1e-6 of a person is their noise.
where not numerator_spread <= 1e-6 + 1e-9 * abs(largest_numerator)
   or not denominator_spread <= 1e-6 + 1e-9 * abs(largest_denominator)
order by indicator_id, period, breakdown, region_set
