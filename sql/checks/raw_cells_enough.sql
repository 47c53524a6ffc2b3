-- One row if the table has rows, but fewer than the source's YAML demands.
-- Inputs: raw, expected. A table without any answer is another rule's business.
select counted.cells, expected.min_cells
from (select count(*) as cells from raw) as counted
cross join expected
where counted.cells > 0 and counted.cells < expected.min_cells
