-- One row per county x school year x programme: pupils at Vg3, persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    programme,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from udir_pupils_programme_level
where measure = 'Antall elever' and stage = 'Vg3' and programme in ('_T', 'SFB', 'YRK')
