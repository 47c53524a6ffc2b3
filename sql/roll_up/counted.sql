-- One row per row of the value table in those periods in which some count is small: what a reader
-- would know of persons.
-- Inputs: rolled_up, definition.
select
    rolled_up.rowid as row_id, rolled_up.region_set, rolled_up.region_id,
    rolled_up.period, rolled_up.reference_date, rolled_up.breakdown,
    -- What cannot exist is nobody, and everyone knows it.
    coalesce(
        rolled_up.whole_numerator,
        case when definition.guarded and rolled_up.obs_status = 'M' then 0 end
    ) as numerator,
    rolled_up.whole_denominator as denominator,
    case when definition.is_share then rolled_up.whole_denominator - rolled_up.whole_numerator end
        as remainder,
    rolled_up.at_risk,
    rolled_up.obs_status = 'M' as fixed
from rolled_up
cross join definition
where rolled_up.period in (select period from rolled_up where at_risk)
