-- One row per gap between two periods that is longer than the shortest one of the series.
--
-- Input: indicator_value. A series of every second year has no gaps; one of every year that lacks
-- a year has one. Periods are told by their first year, and month or quarter.
with periods as (
    select distinct
        indicator_id, period_type, period,
        case period_type
            when 'month' then 12 * cast(substr(period, 1, 4) as integer)
                + cast(substr(period, 6) as integer)
            when 'quarter' then 4 * cast(substr(period, 1, 4) as integer)
                + cast(substr(period, 6) as integer)
            else cast(substr(period, 1, 4) as integer)
        end as place_in_time
    from indicator_value
),
followed as (
    select
        indicator_id, period_type, period,
        lag(period) over before as earlier_period,
        place_in_time - lag(place_in_time) over before as distance
    from periods
    window before as (partition by period_type order by place_in_time)
),
stepped as (
    select
        indicator_id, period_type, earlier_period, period, distance,
        min(distance) over (partition by period_type) as usual_distance
    from followed
)
select indicator_id, period_type, earlier_period, period, distance, usual_distance
from stepped
where distance > usual_distance
order by all
