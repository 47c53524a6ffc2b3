-- One row per answer that rows name but the notes beside the table do not.
-- Inputs: raw, answer. Rows that name none are another rule's business.
with named as (
    select cast(vintage_id as varchar) as vintage_id, count(*) as cells
    from raw
    where vintage_id is not null
    group by all
)
select named.vintage_id as vintage_ids, named.cells
from named
where not exists (
    select 1
    from answer
    where answer.vintage_id = named.vintage_id
)
order by all
