-- One row per answer of a source that the later release uses and the earlier one did not.
select
    later.source_table_id,
    later.vintage_id,
    later.as_of,
    later.updated
from later
anti join earlier on earlier.vintage_id = later.vintage_id
order by all
