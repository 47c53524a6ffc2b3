-- One row per answer that figures point to but the vintage table does not hold, and one for
-- figures that point to none.
-- Inputs: indicator_value, commuting_flow, vintage.
with pointing as (
    select indicator_id as found_in, coalesce(vintage_ids, '') as vintage_ids, count(*) as row_count
    from indicator_value
    where value is not null or coalesce(vintage_ids, '') <> ''
    group by all
    union all
    select 'commuting_flow', coalesce(vintage_ids, ''), count(*)
    from commuting_flow
    group by all
),
each as (
    select found_in, unnest(string_split(vintage_ids, ' ')) as vintage_id, row_count
    from pointing
)
select found_in, vintage_id as vintage_ids, cast(sum(row_count) as bigint) as row_count
from each
where not exists (
    select 1 from vintage where vintage.vintage_id = each.vintage_id
)
group by all
order by all
