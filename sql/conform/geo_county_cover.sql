-- One row per county code of the time and period: whether all of it lies in the county asked for,
-- and whether the codes that do were then the whole of its present area, or so much of it that
-- their figures may stand for it with a break (nine of ten of its municipalities: Trøndelag before
-- it got Rindal, but not Innlandet as Hedmark alone).
with part as (
    select
        spell.code,
        spell.starts,
        spell.ends,
        spell.code[:2] as county_code,
        count(municipality_crosswalk.target_code) as targets,
        count_if(municipality_crosswalk.target_code[:2] = target.county_code) as targets_inside
    from spell
    inner join target on spell.is_area and spell.starts <= target.target_date
    left join municipality_crosswalk
        on spell.code = municipality_crosswalk.code
        and spell.starts = coalesce(municipality_crosswalk.valid_from, date '-infinity')
    group by spell.code, spell.starts, spell.ends
),

turn as (
    select starts as day from part
    union
    select ends as day from part
),

-- Between two turns no code comes or goes, so a county is the same set of municipalities.
period as (
    select day as starts, lead(day) over (order by day) as ends
    from turn
    qualify ends is not null
),

in_force as (
    select
        part.county_code,
        part.targets,
        part.targets_inside,
        period.starts,
        period.ends
    from period
    inner join part on part.starts <= period.starts and period.ends <= part.ends
),

held as (
    select
        county_code,
        starts,
        ends,
        bool_and(targets > 0 and targets = targets_inside) as is_whole,
        bool_or(targets_inside > 0) as touches
    from in_force
    group by county_code, starts, ends
),

-- How many of the county's present municipalities were altogether in counties that all lie in it.
share as (
    select
        held.starts,
        1 - count(distinct municipality_crosswalk.target_code) filter (where not held.is_whole)
            / count(distinct municipality_crosswalk.target_code) as covered
    from held
    inner join part
        on held.county_code = part.county_code
        and part.starts <= held.starts and held.ends <= part.ends
    inner join municipality_crosswalk
        on part.code = municipality_crosswalk.code
        and part.starts = coalesce(municipality_crosswalk.valid_from, date '-infinity')
    inner join target on municipality_crosswalk.target_code[:2] = target.county_code
    group by held.starts
),

covered as (
    select
        held.county_code,
        held.starts,
        held.ends,
        held.is_whole,
        held.is_whole and bool_and(held.is_whole or not held.touches) over (
            partition by held.starts
        ) as area_complete,
        held.is_whole and coalesce(share.covered >= 0.9, false) as stands_for_it
    from held
    left join share on held.starts = share.starts
),

-- Neighbouring periods that say the same are one row again.
marked as (
    select
        county_code,
        starts,
        ends,
        is_whole,
        area_complete,
        stands_for_it,
        (starts, is_whole, area_complete, stands_for_it) is distinct from (
            lag(ends) over earlier,
            lag(is_whole) over earlier,
            lag(area_complete) over earlier,
            lag(stands_for_it) over earlier
        ) as begins_run
    from covered
    window earlier as (partition by county_code order by starts)
),

numbered as (
    select
        county_code,
        starts,
        ends,
        is_whole,
        area_complete,
        stands_for_it,
        count_if(begins_run) over (
            partition by county_code order by starts rows unbounded preceding
        ) as run
    from marked
)

select
    county_code,
    min(starts) as starts,
    max(ends) as ends,
    is_whole,
    area_complete,
    stands_for_it
from numbered
group by county_code, run, is_whole, area_complete, stands_for_it
order by county_code, starts
