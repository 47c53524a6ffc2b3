-- One row per period that the table has though the request does not ask for it.
-- Inputs: code (what the table has), asked (a first period, or one period by itself).
select code.dimension, code.code, code.cells, code.vintage_ids
from code
where exists (select 1 from asked where asked.dimension = code.dimension)
  and not exists (
    select 1
    from asked
    where asked.dimension = code.dimension
      and (code.code = asked.period or code.code >= asked.first_period)
)
order by all
