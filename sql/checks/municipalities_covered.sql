-- One row per municipality x period that the answer lacks though it has figures for most others.
-- Input: indicator_value (headlines). A figure that the source suppresses or marks is not lacking.
with counted as (
    select
        indicator_id, region_id, period, reason, vintage_ids,
        count(value) over (partition by period) as with_figure,
        count(*) over (partition by period) as municipalities
    from indicator_value
    where is_headline and region_level = 'municipality'
)
select indicator_id, region_id, period, reason, with_figure, municipalities, vintage_ids
from counted
where reason in ('not_in_answer', 'parts_not_in_answer') and 2 * with_figure >= municipalities
order by all
