-- One row per region x period x breakdown that is not the sum of its municipalities.
--
-- Inputs: indicator_value, definition, region_membership. Compared are regions of several
-- municipalities of which every one has its counts. A region put together from municipalities is
-- exactly their sum. One that the source counts itself may be rounded, and may hold persons whose
-- municipality is not known: the sum may fall short of it by 5 per cent, and not exceed it.
with membership as (
    select
        region_set, region_id, municipality_code,
        count(*) over (partition by region_set, region_id) as municipalities
    from region_membership
    where region_set <> 'municipality'
),
municipality as (
    select region_id, period, breakdown, numerator, coalesce(denominator, 0) as denominator
    from indicator_value
    where region_level = 'municipality' and value is not null and numerator is not null
),
added as (
    select
        membership.region_set, membership.region_id, municipality.period, municipality.breakdown,
        max(membership.municipalities) as municipalities,
        sum(municipality.numerator) as numerator,
        sum(municipality.denominator) as denominator
    from membership
    join municipality on municipality.region_id = membership.municipality_code
    group by all
    having count(*) = max(membership.municipalities) and count(*) > 1
),
compared as (
    select
        indicator_value.indicator_id, indicator_value.region_set, indicator_value.region_id,
        indicator_value.period, indicator_value.breakdown, indicator_value.computed_from,
        indicator_value.numerator, added.numerator as sum_of_numerators,
        coalesce(indicator_value.denominator, 0) as denominator,
        added.denominator as sum_of_denominators,
        -- Every count may be rounded by half a person where the source rounds, by nothing else.
        case when indicator_value.computed_from = 'municipality' then 0
            else 0.5 * (added.municipalities + 1) end as rounding,
        case when indicator_value.computed_from = 'municipality' then 0 else 0.05 end as unknown,
        indicator_value.vintage_ids
    from indicator_value
    join added
      on added.region_set = indicator_value.region_set
     and added.region_id = indicator_value.region_id
     and added.period = indicator_value.period
     and added.breakdown = indicator_value.breakdown
    where indicator_value.value is not null and indicator_value.numerator is not null
      and indicator_value.computed_from <> 'country'
)
select
    indicator_id, region_set, region_id, period, breakdown as of_breakdown,
    computed_from as region_computed_from,
    numerator, sum_of_numerators, denominator, sum_of_denominators, vintage_ids
from compared
where not sum_of_numerators - numerator
        between -rounding - unknown * abs(numerator) - 1e-6 - 1e-9 * abs(numerator)
            and rounding + 1e-6 + 1e-9 * abs(numerator)
   or not sum_of_denominators - denominator
        between -rounding - unknown * denominator - 1e-6 - 1e-9 * denominator
            and rounding + 1e-6 + 1e-9 * denominator
order by all
