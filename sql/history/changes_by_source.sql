-- One row per source table x kind: number of changed values whose new answers are the table's, and
-- the periods that are new. A value made of several tables counts with each; source '' is for those
-- that no new answer explains.
with answers as (
    select
        kind,
        case when scope = 'period' then period end as new_period,
        unnest(string_split(new_vintage_ids, ' ')) as vintage_id,
        number
    from (select *, row_number() over () as number from changes)
)
select
    split_part(vintage_id, '@', 1) as source_table_id,
    kind,
    count(distinct number) as values_changed,
    case when kind = 'new' then min(new_period) end as first_new_period,
    case when kind = 'new' then max(new_period) end as last_new_period
from answers
group by source_table_id, kind
order by source_table_id, kind
