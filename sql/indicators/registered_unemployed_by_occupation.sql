-- One row per county or country x month x occupation group: registered unemployed, persons, of
-- the newest 25 months: two years, and the same month before them.
with dated as (
    select *, max(reference_date) over () as newest_day
    from nav_unemployed_hl075_county
    where measure = 'persons'
)
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(occupation_group as varchar) as occupation_group,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from dated
where date_diff('month', reference_date, newest_day) < 25
