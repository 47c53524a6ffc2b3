-- One row per region x period x breakdown of one indicator: value or the reason for none.
--
-- Inputs: sums (sums_of_parts.sql or sums_of_flows.sql), cells (period x breakdown that the
--         source knows at any level), region, definition (one row), reason (code, nb, en),
--         series_break, coverage (first_date of the code lists).
-- Method: ratio of sums. What the source counts for exactly this area goes first (it holds those
-- whose municipality is not known), then the sum of all its municipalities, then of counties;
-- percentages are never combined.
with judged as (
    select
        sums.*,
        region.region_level,
        cells.reference_date, cells.period_type,
        sums.parts_known = sums.parts
            and (sums.parts = 1 or cells.reference_date >= coverage.first_date) as whole
    from sums
    join cells on cells.period = sums.period and cells.breakdown = sums.breakdown
    join region on region.region_set = sums.region_set and region.region_id = sums.region_id
    cross join coverage
),
valued as (
    select
        judged.*,
        case
            when not whole then null
            when definition.aggregation = 'published_only' then null
            when definition.counts_rounded and published is not null then null
            when definition.aggregation = 'sum' or definition.flow = 'net'
            then numerator * definition.multiplier
            when denominator > 0 then definition.multiplier * numerator / denominator
        end as computed
    from judged
    cross join definition
),
best as (
    select *
    from valued
    qualify row_number() over (
        partition by region_set, region_id, period, breakdown
        order by
            coalesce(computed, published) is null,
            not (geo_level = region_level and parts = 1 and area_complete),
            list_position(['municipality', 'county', 'country'], geo_level)
    ) = 1
),
wanted as (
    select
        region.region_set, region.region_id, region.region_level,
        list_contains(definition.levels, region.region_level) as carried,
        cells.period, cells.period_type, cells.reference_date, cells.breakdown
    from region
    cross join cells
    cross join definition
    -- Only counties of earlier times end; every other region is today's, also for past years.
    where region.region_level <> 'county_historical'
       or ((region.valid_from is null or region.valid_from <= cells.reference_date)
           and (region.valid_to is null or cells.reference_date < region.valid_to))
       or exists (
            select 1
            from best
            where best.region_set = region.region_set
              and best.region_id = region.region_id
              and best.period = cells.period
              and best.breakdown = cells.breakdown
       )
),
explained as (
    select
        wanted.*,
        best.* exclude (
            region_set, region_id, region_level, period, period_type, reference_date, breakdown
        ),
        case when wanted.carried then coalesce(best.computed, best.published) end as value,
        case
            when not wanted.carried then 'level_not_carried'
            when coalesce(best.computed, best.published) is not null then null
            when best.region_id is null then 'not_in_answer'
            when best.parts_suppressed > 0 then 'suppressed'
            when best.obs_status = 'M' and best.parts_known = 0 then 'not_applicable'
            when best.parts_known = best.parts and best.denominator = 0 then 'denominator_zero'
            when best.parts > 1 and best.parts_printed > 0 then 'not_additive'
            when best.parts > 1 and best.parts_known = best.parts then 'before_code_lists'
            when best.parts > 1 and best.parts_found > best.parts_known then 'parts_without_figure'
            when best.parts > best.parts_found then 'parts_not_in_answer'
            else 'missing'
        end as reason
    from wanted
    cross join definition
    left join best
      on best.region_set = wanted.region_set
     and best.region_id = wanted.region_id
     and best.period = wanted.period
     and best.breakdown = wanted.breakdown
),
broken as (
    select
        explained.*,
        coalesce(not explained.area_complete, false) or exists (
            select 1
            from series_break
            where series_break.region_set = explained.region_set
              and series_break.region_id = explained.region_id
              and year(series_break.date) = year(explained.reference_date)
        ) as series_break
    from explained
)
select
    definition.indicator_id,
    definition.definition_version,
    broken.region_set, broken.region_id, broken.region_level,
    broken.period, broken.period_type, broken.reference_date,
    unnest(broken.breakdown),
    case when broken.value is not null and broken.computed is not null
        then broken.numerator end as numerator,
    case when broken.value is not null and broken.computed is not null
        then broken.denominator end as denominator,
    broken.value,
    broken.published as published_value,
    definition.unit,
    cast(definition.decimals as tinyint) as decimals,
    case
        when broken.value is null and broken.reason = 'level_not_carried' then 'L'
        when broken.value is null and broken.obs_status in ('Q', 'M', 'L', 'O')
            then broken.obs_status
        when broken.value is null then 'O'
        -- What the source prints stands though one of its counts is marked.
        when broken.computed is null and broken.obs_status in ('Q', 'M', 'L', 'O') then 'A'
        when broken.apportioned then worse_status(broken.obs_status, 'E')
        when broken.series_break then worse_status(broken.obs_status, 'B')
        else broken.obs_status
    end as obs_status,
    broken.source_symbol,
    case when broken.value is not null then broken.lower end as lower,
    case when broken.value is not null then broken.upper end as upper,
    broken.series_break,
    cast(broken.parts as integer) as parts,
    cast(broken.parts_known as integer) as parts_with_figure,
    case when broken.value is not null then broken.geo_level end as computed_from,
    broken.reason,
    case when broken.reason = 'level_not_carried'
        then coalesce(definition.level_reason_nb, reason.nb) else reason.nb end as reason_nb,
    case when broken.reason = 'level_not_carried'
        then coalesce(definition.level_reason_en, reason.en) else reason.en end as reason_en,
    broken.breakdown = definition.headline as is_headline,
    definition.data_origin,
    coalesce(broken.vintage_ids, definition.vintage_ids) as vintage_ids
from broken
cross join definition
left join reason on reason.code = broken.reason
-- A region's rows lie together, so that who reads one region reads one row group of the release.
order by
    broken.region_id, broken.region_set, broken.period_type, broken.period, broken.breakdown
