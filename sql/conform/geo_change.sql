-- One row per change of a municipality: old code x new code x date, with its kind and, where people
-- follow the code, the share of them that does. Boundary moves carry no share: nobody is moved.
with listed as (
    select
        old_code,
        min(old_name) as old_name,
        new_code,
        min(new_name) as new_name,
        cast(change_date as date) as change_date
    from changes
    group by old_code, new_code, change_date
),

-- Whether the old code lived on, and whether the new one was there before, tells the kinds apart:
-- KLASS lists a split and a part moved from a living municipality (3118 in 2026) in the same way.
followed as (
    select
        listed.old_code,
        listed.old_name,
        listed.new_code,
        listed.new_name,
        listed.change_date,
        coalesce(listed.old_code <> listed.new_code, false) and exists (
            from spell
            where spell.code = listed.old_code
                and spell.starts <= listed.change_date and listed.change_date < spell.ends
        ) as old_lives_on,
        exists (
            from spell
            where spell.code = listed.new_code
                and spell.starts < listed.change_date and listed.change_date < spell.ends
        ) as new_was_there
    from listed
),

counted as (
    select
        old_code,
        old_name,
        new_code,
        new_name,
        change_date,
        old_lives_on,
        new_was_there,
        count(*) over (partition by old_code, change_date) as successors,
        count_if(not old_lives_on) over (partition by new_code, change_date) as predecessors
    from followed
),

typed as (
    select
        old_code,
        old_name,
        new_code,
        new_name,
        change_date,
        case
            when old_code is null then 'new'
            when new_code is null then 'ended'
            when old_code = new_code and old_name is distinct from new_name then 'renamed'
            when old_code = new_code and predecessors > 1 then 'merged'
            when old_code = new_code or old_lives_on then 'part_moved'
            when successors > 1 then 'split'
            when predecessors > 1 or new_was_there then 'merged'
            else 'renumbered'
        end as change_type
    from counted
),

-- Where the declaration counts people, the share keeps all its digits.
declared as (
    select
        old_code,
        new_code,
        date,
        coalesce(weight, persons / sum(persons) over (partition by old_code, date)) as weight,
        source,
        confidence
    from splits
),

klass as (
    select
        typed.old_code,
        typed.old_name,
        typed.new_code,
        typed.new_name,
        typed.change_date,
        typed.change_type,
        case
            when typed.change_type = 'split' then declared.weight
            when typed.change_type in ('renumbered', 'merged', 'renamed') then 1.0
        end as weight,
        coalesce(declared.source, boundary_moves.source, 'SSB KLASS 131') as source,
        coalesce(declared.confidence, boundary_moves.confidence, 'high') as confidence
    from typed
    left join declared
        on typed.change_type = 'split'
        and typed.old_code = declared.old_code
        and typed.new_code = declared.new_code
        and typed.change_date = declared.date
    left join boundary_moves
        on typed.change_type = 'part_moved'
        and typed.old_code = boundary_moves.old_code
        and typed.new_code = boundary_moves.new_code
        and typed.change_date = boundary_moves.date
),

-- A move between codes that this code list does not hold tells nothing here, and is left out.
moved as (
    select
        boundary_moves.old_code,
        old_spell.name as old_name,
        boundary_moves.new_code,
        new_spell.name as new_name,
        boundary_moves.date as change_date,
        'part_moved' as change_type,
        cast(null as double) as weight,
        boundary_moves.source,
        boundary_moves.confidence
    from boundary_moves
    inner join spell as old_spell
        on boundary_moves.old_code = old_spell.code
        and old_spell.starts < boundary_moves.date and boundary_moves.date <= old_spell.ends
    inner join spell as new_spell
        on boundary_moves.new_code = new_spell.code
        and new_spell.starts <= boundary_moves.date and boundary_moves.date < new_spell.ends
    where not exists (
        from klass
        where klass.old_code = boundary_moves.old_code
            and klass.new_code = boundary_moves.new_code
            and klass.change_date = boundary_moves.date
    )
)

select
    old_code,
    old_name,
    new_code,
    new_name,
    change_date,
    change_type,
    cast(weight as double) as weight,
    source,
    confidence
from (from klass union all by name from moved)
order by change_date, old_code nulls first, new_code nulls first
