-- One row per county or country x month: new vacancies, positions. Counties that are no more stand
-- in the file with zeros, which are no figures of theirs.
select
    geo_level, geo_code, period, period_type, reference_date,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from nav_vacancies_county
where measure = 'vacancies'
