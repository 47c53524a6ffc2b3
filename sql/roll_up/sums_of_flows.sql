-- One row per region x period x breakdown: commuting sums of the region.
--
-- Inputs: lowest (persons by residence_code and workplace_code of the time), geo_weight, region,
--         definition.
-- Moves inside a region are commuting neither out of it nor into it, so municipalities' own shares
-- cannot be added: residents, workers and those who stay are summed for each region. Residents and
-- workers are added per municipality first, which leaves few rows to place in regions; only those
-- who stay need both ends of a flow, and only where a share is carried.
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
-- Who lives in a municipality and who works there, without regard to the other end.
ends as (
    select 'residence' as side, residence_code as geo_code, * exclude (residence_code, workplace_code)
    from lowest
    union all
    select 'workplace' as side, workplace_code as geo_code, * exclude (residence_code, workplace_code)
    from lowest
),
added as (
    select
        side, geo_code, reference_date, period, breakdown,
        sum(persons) as persons,
        count(persons) as flows_known,
        count(*) filter (where obs_status <> 'M') as flows_possible,
        count(*) as flows,
        bool_or(obs_status = 'Q') as suppressed,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        list_sort(list_distinct(flatten(list(distinct vintage_ids)))) as vintage_ids
    from ends
    group by all
),
placed as (
    select
        added.side, members.region_set, members.region_id, added.reference_date, added.period,
        added.breakdown,
        count(*) as parts_found,
        count(*) filter (where added.flows_known = added.flows) as parts_known,
        count(*) filter (where added.suppressed) as parts_suppressed,
        sum(added.persons * members.weight) as persons,
        -- As sum_known: a flow that cannot exist is left out, any other missing one is not.
        sum(added.flows_known) > 0
            and sum(added.flows_known) = sum(added.flows_possible) as is_known,
        worst_status(added.obs_status) as obs_status,
        max(added.source_symbol) as source_symbol,
        list_sort(list_distinct(flatten(list(distinct added.vintage_ids)))) as vintage_ids
    from added
    join members
      on members.geo_code = added.geo_code
     and members.reference_date = added.reference_date
    group by all
),
-- What a figure of the region is counted by, and the other end of the same flows.
counted as (
    select placed.*
    from placed
    cross join definition
    where placed.side = case definition.flow when 'in_share' then 'workplace' else 'residence' end
),
opposite as (
    select placed.*
    from placed
    cross join definition
    where placed.side = case definition.flow when 'in_share' then 'residence' else 'workplace' end
),
-- Regions for which a share is carried; a balance needs nobody who stays.
sharing as (
    select region.region_set, region.region_id
    from region
    cross join definition
    where definition.flow in ('out_share', 'in_share')
      and is_carried(
          region.region_level, definition.levels, definition.aggregation, definition.flow
      )
),
home as (
    select members.*
    from members
    join sharing
      on sharing.region_set = members.region_set and sharing.region_id = members.region_id
),
staying as (
    select
        home.region_set, home.region_id, moving.period, moving.breakdown,
        sum(moving.persons * home.weight * work.weight) as persons,
        bool_and(moving.persons is not null or moving.obs_status = 'M') as is_known
    -- Most pairs of municipalities exchange nobody, and nobody adds nothing.
    from (from lowest where persons is null or persons <> 0) as moving
    join home
      on home.geo_code = moving.residence_code
     and home.reference_date = moving.reference_date
    join members as work
      on work.geo_code = moving.workplace_code
     and work.reference_date = moving.reference_date
     and work.region_set = home.region_set
     and work.region_id = home.region_id
    group by all
),
shares as (
    select
        counted.region_set, counted.region_id, counted.period, counted.breakdown,
        -- Without the other end of every flow nobody can tell who stays.
        case
            when opposite.parts_found = counted.parts_found and coalesce(staying.is_known, true)
            then counted.persons - coalesce(staying.persons, 0)
        end as across
    from counted
    join opposite using (region_set, region_id, period, breakdown)
    left join staying using (region_set, region_id, period, breakdown)
)
select
    counted.region_set, counted.region_id, 'municipality' as geo_level,
    counted.period, counted.breakdown,
    expected.parts, counted.parts_found, counted.parts_known, counted.parts_suppressed,
    0 as parts_printed,
    expected.apportioned, expected.area_complete,
    case
        when definition.flow <> 'net' then shares.across
        when opposite.is_known then opposite.persons - counted.persons
    end as numerator,
    case when definition.flow <> 'net' then counted.persons end as denominator,
    cast(null as double) as published,
    cast(null as double) as lower,
    cast(null as double) as upper,
    counted.obs_status, counted.source_symbol, counted.vintage_ids
from counted
left join opposite using (region_set, region_id, period, breakdown)
left join shares using (region_set, region_id, period, breakdown)
join expected
  on expected.region_set = counted.region_set
 and expected.region_id = counted.region_id
 and expected.reference_date = counted.reference_date
cross join definition
