-- One row per code of the time x month: registered unemployed (helt ledige), persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from nav_unemployed_hl060
where measure = 'antall'
