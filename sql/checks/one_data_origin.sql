-- One row per table x origin if figures of several origins, or of none, stand together.
-- Inputs: indicator_value, commuting_flow.
with origins as (
    select 'indicator_value' as table_name, data_origin, count(*) as row_count,
        max(vintage_ids) as vintage_ids
    from indicator_value
    group by all
    union all
    select 'commuting_flow', data_origin, count(*), max(vintage_ids)
    from commuting_flow
    group by all
),
counted as (
    select
        table_name, data_origin, row_count, vintage_ids,
        (select count(distinct data_origin) from origins) as origin_count
    from origins
)
select table_name, coalesce(data_origin, '(none)') as found_origin, row_count, vintage_ids
from counted
where origin_count > 1 or data_origin is null
order by all
