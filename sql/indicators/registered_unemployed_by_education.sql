-- One row per county or country x month x education level: registered unemployed, persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(education_level as varchar) as education_level,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from nav_unemployed_hl070_county
where measure = 'persons'
