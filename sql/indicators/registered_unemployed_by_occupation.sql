-- One row per county or country x month x occupation group: registered unemployed, persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(occupation_group as varchar) as occupation_group,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from nav_unemployed_hl075_county
where measure = 'persons'
