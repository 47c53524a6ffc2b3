-- One row per period x breakdown that the source knows at any level.
-- Input: lowest. A period has one day here; a unit that was named before it was in force has
-- its own day in `lowest`.
select period, period_type, breakdown, min(reference_date) as reference_date
from lowest
group by all
