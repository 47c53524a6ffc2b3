-- One row per region x period x breakdown of one indicator, as it is published: a figure about 1 to
-- 3 persons, or from which one could be worked out, is blank.
--
-- Inputs: rolled_up (values.sql), withheld (row_id: warehouse/suppression.py), reason.
-- Which of the two it is, is not said: it would tell what the sums must not.
select
    rolled_up.* exclude (breakdown, whole_numerator, whole_denominator, at_risk) replace (
        case when withheld.row_id is null then rolled_up.numerator end as numerator,
        case when withheld.row_id is null then rolled_up.denominator end as denominator,
        case when withheld.row_id is null then rolled_up.value end as value,
        case when withheld.row_id is null then rolled_up.published_value end as published_value,
        case when withheld.row_id is null then rolled_up.obs_status else 'Q' end as obs_status,
        case when withheld.row_id is null then rolled_up.lower end as lower,
        case when withheld.row_id is null then rolled_up.upper end as upper,
        case when withheld.row_id is null then rolled_up.interval_method end as interval_method,
        case when withheld.row_id is null then rolled_up.computed_from end as computed_from,
        case when withheld.row_id is null then rolled_up.reason else reason.code end as reason,
        case when withheld.row_id is null then rolled_up.reason_nb else reason.nb end as reason_nb,
        case when withheld.row_id is null then rolled_up.reason_en else reason.en end as reason_en
    )
from rolled_up
left join withheld on withheld.row_id = rolled_up.rowid
left join reason on reason.code = 'small_count'
order by rolled_up.rowid
