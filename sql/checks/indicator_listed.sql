-- One row per indicator that is defined or has values but is not in the indicator table.
-- Inputs: indicator_value, indicator, definition.
with named as (
    select indicator_id, 'defined' as found from definition
    union all
    select distinct indicator_id, 'has values' as found from indicator_value
)
select named.indicator_id, string_agg(named.found, ', ' order by named.found) as found
from named
where not exists (
    select 1 from indicator where indicator.indicator_id = named.indicator_id
)
group by named.indicator_id
order by all
