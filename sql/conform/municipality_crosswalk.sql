-- One row per municipality code and spell in force at some time up to the target day x municipality
-- of the target day: the share of the former's people who live in the latter. Shares sum to 1 per
-- code and spell. A code that ended without a successor (KLASS says so) has no row.
with recursive confidence_rank(confidence, rank) as (
    values ('low', 1), ('medium', 2), ('high', 3)
),

-- Better knowledge than the chain of codes, usable from the day that made it true again.
shortcut as (
    select
        overrides.old_code as code,
        overrides.date as leaves,
        overrides.new_code,
        overrides.new_date as arrives,
        cast(1.0 as double) as weight,
        overrides.confidence
    from overrides
    inner join target on overrides.new_date <= target.target_date
),

listed as (
    select
        old_code as code,
        change_date as leaves,
        new_code,
        change_date as arrives,
        weight,
        confidence
    from municipality_change
    where change_type in ('renumbered', 'merged', 'split')
        and (old_code, change_date) not in (select (code, leaves) from shortcut)
),

step as (
    select
        way.code,
        way.leaves,
        next_spell.code as new_code,
        next_spell.starts as new_starts,
        next_spell.ends as new_ends,
        way.weight,
        confidence_rank.rank
    from (from listed union all by name from shortcut) as way
    inner join spell as next_spell
        on way.new_code = next_spell.code
        and next_spell.starts <= way.arrives and way.arrives < next_spell.ends
    left join confidence_rank on way.confidence = confidence_rank.confidence
),

-- Every step leads to a spell that ends later, so the walk comes to an end.
walk as (
    select
        spell.code as origin,
        spell.starts as origin_starts,
        spell.code,
        spell.ends,
        cast(1.0 as double) as weight,
        3 as rank,
        spell.code as path
    from spell
    inner join target on spell.starts <= target.target_date
    union all
    select
        walk.origin,
        walk.origin_starts,
        step.new_code as code,
        step.new_ends as ends,
        walk.weight * step.weight as weight,
        least(walk.rank, step.rank) as rank,
        walk.path || '>' || step.new_code as path
    from walk
    inner join target on walk.ends <= target.target_date
    inner join step on walk.code = step.code and walk.ends = step.leaves
),

arrived as (
    select
        walk.origin,
        walk.origin_starts,
        walk.code as target_code,
        sum(walk.weight order by walk.path) as weight,
        min(walk.rank) as rank,
        string_agg(distinct walk.path, ' | ' order by walk.path) as basis
    from walk
    inner join target on walk.ends > target.target_date
    group by walk.origin, walk.origin_starts, walk.code
),

parted as (
    select
        origin,
        origin_starts,
        target_code,
        weight,
        rank,
        basis,
        count(*) over (partition by origin, origin_starts) > 1 as is_split
    from arrived
)

select
    spell.code,
    spell.name,
    nullif(spell.starts, date '-infinity') as valid_from,
    nullif(spell.ends, date 'infinity') as valid_to,
    parted.target_code,
    target_spell.name as target_name,
    -- Parts that meet again are the whole, exactly, whatever their digits add up to.
    case when parted.is_split then parted.weight else cast(1.0 as double) end as weight,
    parted.is_split,
    parted.basis,
    confidence_rank.confidence
from parted
inner join spell on parted.origin = spell.code and parted.origin_starts = spell.starts
inner join target on true
inner join spell as target_spell
    on parted.target_code = target_spell.code
    and target_spell.starts <= target.target_date and target.target_date < target_spell.ends
inner join confidence_rank on parted.rank = confidence_rank.rank
order by spell.code, spell.starts, parted.target_code
