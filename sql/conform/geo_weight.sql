-- One row per code of the time x spell x region that a figure for the code counts in, and the
-- share that does. Aggregate first, apportion last: a code whose targets all lie in one region
-- counts there with exactly 1, however it was split inside.
with spread as (
    select
        code,
        coalesce(valid_from, date '-infinity') as starts,
        coalesce(valid_to, date 'infinity') as ends,
        target_code,
        weight,
        count(*) over (partition by code, valid_from) as targets
    from municipality_crosswalk
),

municipality as (
    select
        'municipality' as geo_level,
        spread.code as geo_code,
        spread.starts,
        spread.ends,
        region_membership.region_set,
        region_membership.region_id,
        count(*) < spread.targets as apportioned,
        case
            when apportioned then sum(spread.weight order by spread.target_code)
            else 1.0
        end as weight,
        true as area_complete
    from spread
    inner join region_membership on spread.target_code = region_membership.municipality_code
    where region_membership.region_set <> 'country'
    group by spread.code, spread.starts, spread.ends, spread.targets,
        region_membership.region_set, region_membership.region_id
),

county as (
    select
        'county' as geo_level,
        county_cover.county_code as geo_code,
        county_cover.starts,
        county_cover.ends,
        'county' as region_set,
        target.county_code as region_id,
        false as apportioned,
        1.0 as weight,
        county_cover.area_complete
    from county_cover
    cross join target
    where county_cover.stands_for_it
),

county_spell as (
    select county_code, min(starts) as starts, max(ends) as ends
    from county_cover
    group by county_code
),

-- A county that is gone stands for itself, also where it cannot be mapped to the present one; and
-- so does one to compare with.
county_itself as (
    select
        'county' as geo_level,
        county_spell.county_code as geo_code,
        county_spell.starts,
        county_spell.ends,
        region.region_set,
        region.region_id,
        false as apportioned,
        1.0 as weight,
        true as area_complete
    from county_spell
    inner join region
        on county_spell.county_code = region.region_id
        and region.region_set in ('county_historical', 'other_counties')
),

country as (
    select geo_level, geo_code, starts, ends,
        'country' as region_set, '0' as region_id,
        false as apportioned, 1.0 as weight, true as area_complete
    from (
        select 'municipality' as geo_level, spell.code as geo_code, spell.starts, spell.ends
        from spell
        inner join target on spell.is_area and spell.starts <= target.target_date
        union all
        select 'county', county_code, starts, ends from county_spell
        union all
        select 'country', '0', date '-infinity', date 'infinity'
    )
)

select
    geo_level,
    geo_code,
    nullif(starts, date '-infinity') as valid_from,
    nullif(ends, date 'infinity') as valid_to,
    region_set,
    region_id,
    cast(weight as double) as weight,
    apportioned,
    area_complete
from (
    from municipality
    union all by name from county
    union all by name from county_itself
    union all by name from country
)
order by geo_level, geo_code, starts, region_set, region_id
