-- One row per indicator x kind x scope: number of changes, and of what periods.
select
    indicator_id,
    kind,
    scope,
    count(*) as values_changed,
    count(distinct period) as periods,
    min(period) as first_period,
    max(period) as last_period
from changes
group by indicator_id, kind, scope
order by indicator_id, kind, scope
