-- One row per period that the table has though the request does not ask for it.
-- Inputs: period (what the table has), asked (a first period, or one period by itself).
select period.dimension, period.code as period, period.cells, period.vintage_ids
from period
where exists (select 1 from asked where asked.dimension = period.dimension)
  and not exists (
    select 1
    from asked
    where asked.dimension = period.dimension
      and (period.code = asked.period or period.code >= asked.first_period)
)
order by all
