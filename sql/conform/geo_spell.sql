-- One row per municipality code and unbroken spell in which it was in force.
-- A new name under the same code does not end a spell: codes are keys, names are labels.
-- 9999 (unstated) is a code but no area: a region cannot be waiting for its figures.
-- starts and ends are never null here; -infinity and infinity mean "as far as KLASS was asked".
with version as (
    select distinct
        code,
        name,
        coalesce(cast(valid_from as date), date '-infinity') as starts,
        coalesce(cast(valid_to as date), date 'infinity') as ends
    from codes
),

marked as (
    select
        code,
        name,
        starts,
        ends,
        starts > max(ends) over earlier is not false as begins_spell
    from version
    window earlier as (
        partition by code
        order by starts, ends, name
        rows between unbounded preceding and 1 preceding
    )
),

numbered as (
    select
        code,
        name,
        starts,
        ends,
        count_if(begins_spell) over (
            partition by code
            order by starts, ends, name
            rows between unbounded preceding and current row
        ) as spell
    from marked
)

-- The name is the one used on the target day, or the last one before it.
select
    numbered.code,
    coalesce(
        arg_max(numbered.name, (numbered.starts, numbered.name))
            filter (where numbered.starts <= target.target_date),
        arg_min(numbered.name, (numbered.starts, numbered.name))
    ) as name,
    min(numbered.starts) as starts,
    max(numbered.ends) as ends,
    numbered.code <> '9999' as is_area
from numbered
cross join target
group by numbered.code, numbered.spell
order by numbered.code, starts
