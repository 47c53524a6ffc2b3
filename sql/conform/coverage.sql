-- One row: the first day for which the fetched code lists can put an area together.
-- Input: municipality_change.
select min(change_date) as first_date
from municipality_change
