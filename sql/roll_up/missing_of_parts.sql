-- One row per region x period x breakdown x level of the parts where some parts have no figure: the
-- share of the whole that lies in them. Null if one of them never had a figure to measure it by.
--
-- Inputs: sums, cells, lowest, geo_weight, definition.
-- A part is measured by its denominator (a count by itself), or where that is missing too by its
-- mean over the periods in which it is known. Number of parts would be no measure: one of them may
-- be half of the county. Where most parts are missing, nothing could be estimated and all is blank.
with gaps as (
    select
        sums.region_set, sums.region_id, sums.geo_level, sums.period, sums.breakdown,
        cells.reference_date
    from sums
    join cells on cells.period = sums.period and cells.breakdown = sums.breakdown
    where sums.parts_known < sums.parts and 2 * sums.parts_known >= sums.parts
),
measured as (
    select
        lowest.geo_level, lowest.geo_code, lowest.period, lowest.breakdown,
        case when definition.aggregation = 'sum' then lowest.numerator else lowest.denominator end
            as size,
        lowest.numerator is not null
            and (lowest.denominator is not null or definition.aggregation = 'sum') as known
    from lowest
    cross join definition
    where exists (select 1 from gaps where gaps.geo_level = lowest.geo_level)
),
usual as (
    select geo_level, geo_code, breakdown, avg(size) as size
    from measured
    where size is not null
    group by all
),
parts as (
    select
        gaps.region_set, gaps.region_id, gaps.geo_level, gaps.period, gaps.breakdown,
        coalesce(measured.known, false) as known,
        geo_weight.weight * coalesce(measured.size, usual.size) as size
    from gaps
    join geo_weight
      on geo_weight.region_set = gaps.region_set
     and geo_weight.region_id = gaps.region_id
     and geo_weight.geo_level = gaps.geo_level
     and (geo_weight.valid_from is null or geo_weight.valid_from <= gaps.reference_date)
     and (geo_weight.valid_to is null or gaps.reference_date < geo_weight.valid_to)
    left join measured
      on measured.geo_level = gaps.geo_level
     and measured.geo_code = geo_weight.geo_code
     and measured.period = gaps.period
     and measured.breakdown = gaps.breakdown
    left join usual
      on usual.geo_level = gaps.geo_level
     and usual.geo_code = geo_weight.geo_code
     and usual.breakdown = gaps.breakdown
)
select
    region_set, region_id, geo_level, period, breakdown,
    case when count(*) = count(size) and sum(size) > 0
        then coalesce(sum(size) filter (where not known), 0) / sum(size)
    end as missing_share
from parts
group by all
