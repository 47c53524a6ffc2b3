-- One row per reason why the changes cannot be trusted to carry every person to the target day.
-- No row is the good answer.
with split as (
    select old_code, new_code, change_date, weight
    from municipality_change
    where change_type = 'split'
),

undeclared as (
    select
        'undeclared_split' as kind,
        old_code as code,
        change_date as date,
        'split into ' || string_agg(new_code, ', ' order by new_code)
        || '; no declared share for '
        || string_agg(new_code, ', ' order by new_code) filter (where weight is null)
        || '; declare each share in seeds/municipality_splits.csv' as detail
    from split
    group by old_code, change_date
    having count_if(weight is null) > 0
),

unbalanced as (
    select
        'split_sum' as kind,
        old_code as code,
        change_date as date,
        'declared shares sum to ' || round(sum(weight), 9) || ', not 1' as detail
    from split
    group by old_code, change_date
    having count_if(weight is null) = 0 and abs(sum(weight) - 1) > 1e-9
),

ill_declared as (
    select
        'split_declaration' as kind,
        old_code as code,
        date,
        'declare either persons or weight, positive, once per new code and alike for all' as detail
    from splits
    group by old_code, date
    having count(persons) not in (0, count(*))
        or count(weight) <> count(*) - count(persons)
        or count(distinct new_code) <> count(*)
        or min(coalesce(persons, weight)) <= 0
),

-- A declaration beside what KLASS says would lie unused until somebody believes it.
stale as (
    select
        'stale_split' as kind,
        old_code as code,
        date,
        'declared to ' || new_code || ', which KLASS does not list as a split' as detail
    from splits
    where exists (
        from changes where changes.old_code = splits.old_code and changes.change_date = splits.date
    ) and not exists (
        from split
        where split.old_code = splits.old_code
            and split.new_code = splits.new_code
            and split.change_date = splits.date
    )
),

lost as (
    select
        'no_successor' as kind,
        spell.code,
        spell.ends as date,
        'ended without a listed change; ask codes and changes for the same range' as detail
    from spell
    inner join target on spell.ends <= target.target_date
    where not exists (
        from municipality_change
        where municipality_change.old_code = spell.code
            and municipality_change.change_date = spell.ends
            and municipality_change.change_type in ('renumbered', 'merged', 'split', 'ended')
    )
),

unknown as (
    select distinct
        'unknown_successor' as kind,
        municipality_change.old_code as code,
        municipality_change.change_date as date,
        'became ' || municipality_change.new_code
        || ', which the code list does not hold on that day' as detail
    from municipality_change
    inner join target on municipality_change.change_date <= target.target_date
    where municipality_change.change_type <> 'ended' and not exists (
        from spell
        where spell.code = municipality_change.new_code
            and spell.starts <= municipality_change.change_date
            and municipality_change.change_date < spell.ends
    )
),

misdirected as (
    select
        'override' as kind,
        overrides.old_code as code,
        overrides.date,
        'leads to ' || string_agg(overrides.new_code, ', ' order by overrides.new_code)
        || ': must be one code, in force on its new_date' as detail
    from overrides
    inner join target on overrides.new_date <= target.target_date
    where exists (from spell where spell.code = overrides.old_code and spell.ends = overrides.date)
    group by overrides.old_code, overrides.date
    having count(*) > 1 or count_if(not exists (
        from spell
        where spell.code = overrides.new_code
            and spell.starts <= overrides.new_date and overrides.new_date < spell.ends
    )) > 0
)

select kind, code, date, detail
from (
    from undeclared
    union all by name from unbalanced
    union all by name from ill_declared
    union all by name from stale
    union all by name from lost
    union all by name from unknown
    union all by name from misdirected
)
order by kind, code, date, detail
