-- One row per period x breakdown that the source knows at any level; the parts of an index are no
-- breakdown of it.
-- Input: lowest, whose breakdown holds the indicator's own (`whole`) and the part.
select period, period_type, breakdown.whole as breakdown, min(reference_date) as reference_date
from lowest
group by all
