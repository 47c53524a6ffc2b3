-- One row if the table has more rows than the source's YAML expects.
-- Inputs: raw, expected.
select counted.cells, expected.max_cells
from (select count(*) as cells from raw) as counted
cross join expected
where counted.cells > expected.max_cells
