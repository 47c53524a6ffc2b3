-- One row per figure that is a hundred times the same one of the period before, or a hundredth of
-- it: a unit that changed, a column that moved, or two codes that changed places.
--
-- Input: indicator_value. Asked of headlines, for numerator, denominator and value; only from a
-- thousand on, since small counts may well go from 1 to 100.
with figures as (
    select
        indicator_id, region_set, region_id, period_type, period, vintage_ids,
        unnest(['numerator', 'denominator', 'value']) as figure,
        unnest([numerator, denominator, value]) as amount
    from indicator_value
    where is_headline and value is not null
),
followed as (
    select
        indicator_id, region_set, region_id, period, figure, amount, vintage_ids,
        lag(period) over before as earlier_period,
        lag(amount) over before as earlier_amount
    from figures
    where amount is not null
    window before as (
        partition by region_set, region_id, period_type, figure order by period
    )
)
select
    indicator_id, region_set, region_id, period, figure, amount, earlier_period, earlier_amount,
    vintage_ids
from followed
where earlier_amount <> 0 and amount <> 0
  and greatest(abs(amount), abs(earlier_amount)) >= 1000
  and greatest(abs(amount), abs(earlier_amount))
        >= 100 * least(abs(amount), abs(earlier_amount))
order by all
