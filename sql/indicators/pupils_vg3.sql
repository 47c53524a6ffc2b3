-- One row per county x school year x programme: pupils at Vg3, persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    programme,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    value as published,
    cast(null as double) as lower,
    cast(null as double) as upper,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from udir_pupils_vg3_trondelag
where measure = 'Antall elever' and stage = 'Vg3'
