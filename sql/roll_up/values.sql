-- One row per region x period x breakdown of one indicator: value or the reason for none.
--
-- Inputs: sums (sums_of_parts.sql or sums_of_flows.sql), missing (missing_of_parts.sql), cells
--         (period x breakdown that the source knows at any level), region, definition (one row),
--         reason (code, nb, en), series_break, coverage (first_date of the code lists).
-- Method: ratio of sums. What the source counts for exactly this area goes first (it holds those
-- whose municipality is not known), then the sum of all its municipalities, then of counties;
-- percentages are never combined. Where so little is missing that the definition allows it, the
-- ratio of the known parts is an estimate; a count is never scaled up.
-- The columns breakdown, whole_numerator, whole_denominator and at_risk are for counted.sql; what of
-- all this is published is said by shown.sql.
with judged as (
    select
        sums.*,
        region.region_level,
        cells.reference_date, cells.period_type,
        sums.parts_known = sums.parts
            and (sums.parts = 1 or cells.reference_date >= coverage.first_date) as whole,
        missing.missing_share,
        coalesce(
            definition.aggregation = 'ratio_of_sums'
            and cells.reference_date >= coverage.first_date
            and missing.missing_share <= definition.missing_share_estimate, false
        ) as estimated
    from sums
    join cells on cells.period = sums.period and cells.breakdown = sums.breakdown
    join region on region.region_set = sums.region_set and region.region_id = sums.region_id
    cross join coverage
    cross join definition
    left join missing
      on missing.region_set = sums.region_set
     and missing.region_id = sums.region_id
     and missing.geo_level = sums.geo_level
     and missing.period = sums.period
     and missing.breakdown = sums.breakdown
),
valued as (
    select
        judged.*,
        case
            when not (whole or estimated) then null
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
            estimated,
            not (geo_level = source_level(region_level) and parts = 1 and area_complete),
            list_position(['municipality', 'county', 'country'], geo_level)
    ) = 1
),
wanted as (
    select
        region.region_set, region.region_id, region.region_level,
        is_carried(
            region.region_level, definition.levels, definition.aggregation, definition.flow
        ) as carried,
        cells.period, cells.period_type, cells.reference_date, cells.breakdown
    from region
    cross join cells
    cross join definition
    -- That a level is not carried is said once for each region and period, not for every code.
    where (carried or cells.breakdown = definition.headline)
      -- Only counties of earlier times end; every other region is today's, also for past years.
      and (region.region_level <> 'county_historical'
           or ((region.valid_from is null or region.valid_from <= cells.reference_date)
               and (region.valid_to is null or cells.reference_date < region.valid_to))
           or exists (
                select 1
                from best
                where best.region_set = region.region_set
                  and best.region_id = region.region_id
                  and best.period = cells.period
                  and best.breakdown = cells.breakdown
           ))
),
explained as (
    select
        wanted.*,
        best.* exclude (
            region_set, region_id, region_level, period, period_type, reference_date, breakdown
        ),
        best.computed is not null
            and coalesce(best.denominator < definition.minimum_denominator, false) as too_few,
        case when wanted.carried and not too_few
            then coalesce(best.computed, best.published) end as value,
        case
            when depends_on_size(wanted.region_level, definition.aggregation, definition.flow)
            then 'depends_on_size'
            when not wanted.carried then 'level_not_carried'
            when too_few then 'denominator_small'
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
),
-- Wilson's interval of a share: score interval for z = 1.96, in the units of the share.
bounded as (
    select
        broken.*,
        case
            when broken.value is null then null
            when broken.lower is not null or broken.upper is not null then 'source_95'
            when broken.computed is not null and definition.is_share
             and definition.aggregation in ('ratio_of_sums', 'flow')
             and broken.numerator between 0 and broken.denominator
            then 'wilson_95'
        end as interval_method,
        wilson_bound(broken.numerator, broken.denominator, -1) as wilson_lower,
        wilson_bound(broken.numerator, broken.denominator, 1) as wilson_upper,
        -- What a reader could learn of persons; nothing where the definition says it is open.
        case when definition.guarded and broken.carried then coalesce(
            case when broken.computed is not null then broken.numerator end,
            case when definition.unit = 'persons' then broken.published end
        ) end as whole_numerator,
        case when definition.guarded and broken.carried and broken.computed is not null
            then broken.denominator end as whole_denominator
    from broken
    cross join definition
)
select
    definition.indicator_id,
    definition.definition_version,
    bounded.region_set, bounded.region_id, bounded.region_level,
    bounded.period, bounded.period_type, bounded.reference_date,
    unnest(bounded.breakdown),
    case when bounded.value is not null and bounded.computed is not null
        then bounded.numerator end as numerator,
    case when bounded.value is not null and bounded.computed is not null
        then bounded.denominator end as denominator,
    bounded.value,
    bounded.published as published_value,
    definition.unit,
    cast(definition.decimals as tinyint) as decimals,
    case
        when bounded.reason in ('level_not_carried', 'depends_on_size') then 'L'
        -- There is a figure, and it is held back: SDMX has no closer code than suppressed.
        when bounded.reason = 'denominator_small' then 'Q'
        when bounded.value is null and bounded.obs_status in ('Q', 'M', 'L', 'O')
            then bounded.obs_status
        when bounded.value is null then 'O'
        when bounded.computed is not null and bounded.estimated then 'E'
        -- What the source prints stands though one of its counts is marked.
        when bounded.computed is null and bounded.obs_status in ('Q', 'M', 'L', 'O') then 'A'
        when bounded.apportioned then worse_status(bounded.obs_status, 'E')
        when bounded.series_break then worse_status(bounded.obs_status, 'B')
        else bounded.obs_status
    end as obs_status,
    -- The mark of a part that is left out of an estimate is not the mark of the estimate.
    case when not coalesce(bounded.estimated, false) then bounded.source_symbol end
        as source_symbol,
    case bounded.interval_method
        when 'source_95' then bounded.lower
        when 'wilson_95' then definition.multiplier * bounded.wilson_lower
    end as lower,
    case bounded.interval_method
        when 'source_95' then bounded.upper
        when 'wilson_95' then definition.multiplier * bounded.wilson_upper
    end as upper,
    bounded.interval_method,
    bounded.series_break,
    cast(bounded.parts as integer) as parts,
    cast(bounded.parts_known as integer) as parts_with_figure,
    case when bounded.carried then bounded.missing_share end as missing_share,
    case when bounded.value is not null then bounded.geo_level end as computed_from,
    bounded.reason,
    case when bounded.reason = 'level_not_carried'
        then coalesce(definition.level_reason_nb, reason.nb) else reason.nb end as reason_nb,
    case when bounded.reason = 'level_not_carried'
        then coalesce(definition.level_reason_en, reason.en) else reason.en end as reason_en,
    bounded.breakdown = definition.headline as is_headline,
    definition.data_origin,
    coalesce(bounded.vintage_ids, definition.vintage_ids) as vintage_ids,
    bounded.breakdown,
    bounded.whole_numerator,
    bounded.whole_denominator,
    coalesce(
        is_small(bounded.whole_numerator)
        or is_small(bounded.whole_denominator)
        or (definition.is_share
            and is_small(bounded.whole_denominator - bounded.whole_numerator)), false
    ) as at_risk
from bounded
cross join definition
left join reason on reason.code = bounded.reason
-- A region's rows lie together, so that who reads one region reads one row group of the release.
order by
    bounded.region_id, bounded.region_set, bounded.period_type, bounded.period, bounded.breakdown
