-- One row per region x period x breakdown: commuting sums of the region.
--
-- Inputs: lowest (persons by residence_code and workplace_code of the time), geo_weight.
-- Moves inside a region are not commuting out of it, so municipalities' own shares cannot be
-- added: residents, workers and those who stay are summed from the matrix for each region.
with dates as (
    select distinct reference_date from lowest
),
members as (
    select
        geo_weight.region_set, geo_weight.region_id, dates.reference_date,
        geo_weight.geo_code, geo_weight.weight, geo_weight.apportioned, geo_weight.area_complete
    from geo_weight
    join dates
      on (geo_weight.valid_from is null or geo_weight.valid_from <= dates.reference_date)
     and (geo_weight.valid_to is null or dates.reference_date < geo_weight.valid_to)
    where geo_weight.geo_level = 'municipality'
),
expected as (
    select
        region_set, region_id, reference_date,
        count(*) as parts,
        bool_or(apportioned) as apportioned,
        bool_and(area_complete) as area_complete
    from members
    group by all
),
residents as (
    select
        members.region_set, members.region_id, lowest.reference_date, lowest.period,
        lowest.breakdown,
        count(distinct lowest.residence_code) as parts_found,
        count(distinct lowest.residence_code) - count(distinct lowest.residence_code) filter (
            where lowest.persons is null
        ) as parts_known,
        count(distinct lowest.residence_code) filter (
            where lowest.obs_status = 'Q'
        ) as parts_suppressed,
        sum(lowest.persons * members.weight) as persons,
        worst_status(lowest.obs_status) as obs_status,
        max(lowest.source_symbol) as source_symbol,
        list_sort(list_distinct(flatten(list(lowest.vintage_ids)))) as vintage_ids
    from lowest
    join members
      on members.geo_code = lowest.residence_code
     and members.reference_date = lowest.reference_date
    group by all
),
workers as (
    select
        members.region_set, members.region_id, lowest.period, lowest.breakdown,
        sum_known(lowest.persons * members.weight, lowest.obs_status) as persons
    from lowest
    join members
      on members.geo_code = lowest.workplace_code
     and members.reference_date = lowest.reference_date
    group by all
),
staying as (
    select
        home.region_set, home.region_id, lowest.period, lowest.breakdown,
        sum_known(lowest.persons * home.weight * work.weight, lowest.obs_status) as persons
    from lowest
    join members as home
      on home.geo_code = lowest.residence_code
     and home.reference_date = lowest.reference_date
    join members as work
      on work.geo_code = lowest.workplace_code
     and work.reference_date = lowest.reference_date
     and work.region_set = home.region_set
     and work.region_id = home.region_id
    group by all
)
select
    residents.region_set, residents.region_id, 'municipality' as geo_level,
    residents.period, residents.breakdown,
    expected.parts, residents.parts_found, residents.parts_known, residents.parts_suppressed,
    0 as parts_printed,
    expected.apportioned, expected.area_complete,
    case definition.flow
        when 'out_share' then residents.persons - staying.persons
        when 'net' then workers.persons - residents.persons
    end as numerator,
    case definition.flow when 'out_share' then residents.persons end as denominator,
    cast(null as double) as published,
    cast(null as double) as lower,
    cast(null as double) as upper,
    residents.obs_status, residents.source_symbol, residents.vintage_ids
from residents
cross join definition
join expected
  on expected.region_set = residents.region_set
 and expected.region_id = residents.region_id
 and expected.reference_date = residents.reference_date
left join workers
  on workers.region_set = residents.region_set
 and workers.region_id = residents.region_id
 and workers.period = residents.period
 and workers.breakdown = residents.breakdown
left join staying
  on staying.region_set = residents.region_set
 and staying.region_id = residents.region_id
 and staying.period = residents.period
 and staying.breakdown = residents.breakdown
