-- One row per region x period x breakdown x level of the parts: the sums of what the region's
-- parts report, and how many parts there should be.
--
-- Inputs: lowest (the indicator's SQL: counts per code of the time), geo_weight.
-- A region that holds all targets of a code has weight 1 for it, so splits inside a region
-- need no share (aggregate first, apportion last).
with dates as (
    select distinct reference_date from lowest
),
members as (
    select
        geo_weight.region_set, geo_weight.region_id, dates.reference_date,
        geo_weight.geo_level, geo_weight.geo_code, geo_weight.weight,
        geo_weight.apportioned, geo_weight.area_complete
    from geo_weight
    join dates
      on (geo_weight.valid_from is null or geo_weight.valid_from <= dates.reference_date)
     and (geo_weight.valid_to is null or dates.reference_date < geo_weight.valid_to)
),
expected as (
    select
        region_set, region_id, reference_date, geo_level,
        count(*) as parts,
        bool_or(apportioned) as apportioned,
        bool_and(area_complete) as area_complete
    from members
    group by all
),
found as (
    select
        members.region_set, members.region_id, members.geo_level, members.reference_date,
        lowest.period, lowest.breakdown,
        count(*) as parts_found,
        count(*) filter (
            where lowest.numerator is not null
              and (lowest.denominator is not null or definition.aggregation = 'sum')
        ) as parts_known,
        count(*) filter (where lowest.obs_status = 'Q') as parts_suppressed,
        count(*) filter (
            where lowest.published is not null and lowest.numerator is null
        ) as parts_printed,
        -- Of a part that lacks one of the two, neither is added.
        sum(lowest.numerator * members.weight) filter (
            where lowest.denominator is not null or definition.aggregation = 'sum'
        ) as numerator,
        sum(lowest.denominator * members.weight) filter (
            where lowest.numerator is not null
        ) as denominator,
        max(lowest.published) as published,
        max(lowest.lower) as lower,
        max(lowest.upper) as upper,
        worst_status(lowest.obs_status) as obs_status,
        max(lowest.source_symbol) as source_symbol,
        list_sort(list_distinct(flatten(list(lowest.vintage_ids)))) as vintage_ids
    from lowest
    join members
      on members.geo_level = lowest.geo_level
     and members.geo_code = lowest.geo_code
     and members.reference_date = lowest.reference_date
    cross join definition
    group by all
)
select
    found.region_set, found.region_id, found.geo_level, found.period, found.breakdown,
    expected.parts, found.parts_found, found.parts_known, found.parts_suppressed,
    found.parts_printed,
    expected.apportioned, expected.area_complete,
    found.numerator, found.denominator,
    -- A figure that the source prints stands for a region only if the region is that one unit.
    case when expected.parts = 1 and not expected.apportioned then found.published end as published,
    case when expected.parts = 1 and not expected.apportioned then found.lower end as lower,
    case when expected.parts = 1 and not expected.apportioned then found.upper end as upper,
    found.obs_status, found.source_symbol, found.vintage_ids
from found
join expected
  on expected.region_set = found.region_set
 and expected.region_id = found.region_id
 and expected.geo_level = found.geo_level
 and expected.reference_date = found.reference_date
