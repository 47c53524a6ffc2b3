-- One row per region and boundary move that crossed its border: the people stayed where they lived
-- but are counted elsewhere from that day. A move inside a region is no break, nor is one of land
-- where nobody lives (persons 0; an unknown number is null and does count).
with place as (
    select
        municipality_crosswalk.code,
        coalesce(municipality_crosswalk.valid_from, date '-infinity') as starts,
        coalesce(municipality_crosswalk.valid_to, date 'infinity') as ends,
        region_membership.region_set,
        region_membership.region_id
    from municipality_crosswalk
    inner join region_membership
        on municipality_crosswalk.target_code = region_membership.municipality_code
),

move as (
    select
        municipality_change.old_code,
        municipality_change.old_name,
        municipality_change.new_code,
        municipality_change.new_name,
        municipality_change.change_date,
        municipality_change.source
    from municipality_change
    inner join target on municipality_change.change_date <= target.target_date
    where municipality_change.change_type = 'part_moved'
        and municipality_change.old_code <> municipality_change.new_code
),

left_region as (
    select distinct
        move.old_code, move.new_code, move.change_date, place.region_set, place.region_id
    from move
    inner join place
        on move.old_code = place.code
        and place.starts < move.change_date and move.change_date <= place.ends
),

entered_region as (
    select distinct
        move.old_code, move.new_code, move.change_date, place.region_set, place.region_id
    from move
    inner join place
        on move.new_code = place.code
        and place.starts <= move.change_date and move.change_date < place.ends
),

crossed as (
    (from left_region except from entered_region)
    union all
    (from entered_region except from left_region)
)

select
    crossed.region_set,
    crossed.region_id,
    crossed.change_date as date,
    cast(boundary_moves.persons as bigint) as persons,
    move.old_code || ' ' || move.old_name || ' → ' || move.new_code || ' ' || move.new_name
    || coalesce(' (' || boundary_moves.place || ')', '') as what,
    move.source
from crossed
inner join move
    on crossed.old_code = move.old_code
    and crossed.new_code = move.new_code
    and crossed.change_date = move.change_date
left join boundary_moves
    on crossed.old_code = boundary_moves.old_code
    and crossed.new_code = boundary_moves.new_code
    and crossed.change_date = boundary_moves.date
where boundary_moves.persons is distinct from 0
order by crossed.region_set, crossed.region_id, date, what
