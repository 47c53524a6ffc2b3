-- One row per measure x region x programme x period: sums of counts, and shares as ratio of sums.
-- Parts that are not all known make no sum; the source's own share stands where the region is the
-- one unit that it was printed for.
with expected as (
    select member.region_set, member.region_id, dates.reference_date, count(*) as parts
    from member
    join (select distinct reference_date from measure_cell) as dates
      on (member.valid_from is null or member.valid_from <= dates.reference_date)
     and (member.valid_to is null or dates.reference_date < member.valid_to)
    group by all
),
summed as (
    select
        cells.offer, cells.measure, cells.programme, cells.variant, cells.period,
        cells.period_type, cells.source_table_id,
        member.region_set, member.region_id, member.region_level,
        max(expected.parts) as parts,
        sum(cells.numerator * member.weight) as numerator,
        count(cells.numerator) as numerators,
        sum(cells.denominator * member.weight) as denominator,
        count(cells.denominator) as denominators,
        max(cells.published) as published,
        worst_status(cells.obs_status) as cell_status,
        bool_or(member.apportioned) as apportioned,
        bool_and(member.area_complete) as area_complete,
        vintages(cells.vintage_id) as vintage_ids
    from measure_cell as cells
    join member
      on member.geo_level = cells.geo_level
     and member.geo_code = cells.geo_code
     and (member.valid_from is null or member.valid_from <= cells.reference_date)
     and (member.valid_to is null or cells.reference_date < member.valid_to)
    join expected
      on expected.region_set = member.region_set
     and expected.region_id = member.region_id
     and expected.reference_date = cells.reference_date
    group by all
),
valued as (
    select
        summed.*,
        case
            when listed.kind = 'count' and summed.numerators = summed.parts then summed.numerator
            when listed.kind = 'share' and summed.numerators = summed.parts
                and summed.denominators = summed.parts and summed.denominator > 0
            then 100 * summed.numerator / summed.denominator
            when listed.kind in ('share', 'published') and summed.parts = 1 then summed.published
        end as value,
        listed.kind
    from summed
    join dimensioning_measure_list as listed
      on listed.offer = summed.offer and listed.measure = summed.measure
)
select
    offer, measure, programme, variant, period, period_type, source_table_id,
    region_set, region_id, region_level, value,
    case when value is not null and kind = 'share' and numerators = parts and denominators = parts
        then numerator end as numerator,
    case when value is not null and kind = 'share' and numerators = parts and denominators = parts
        then denominator end as denominator,
    cast(null as double) as lower, cast(null as double) as upper,
    cast(null as varchar) as interval_method,
    case
        when value is null and cell_status in ('Q', 'M', 'L', 'O') then cell_status
        when value is null then 'O'
        when cell_status in ('Q', 'M', 'L', 'O') then 'A'
        when not area_complete then worse_status(cell_status, 'B')
        when apportioned then worse_status(cell_status, 'E')
        else cell_status
    end as obs_status,
    case when value is not null then 'measured here' end as evidence,
    case
        when value is not null then null
        when cell_status = 'Q' then 'suppressed'
        when cell_status = 'M' then 'not_applicable'
        when kind = 'share' and denominator = 0 then 'denominator_zero'
        when kind = 'published' and parts > 1 then 'not_additive'
        else 'parts_without_figure'
    end as reason,
    vintage_ids
from valued
