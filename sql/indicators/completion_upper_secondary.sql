-- One row per county code of the time x cohort: Udir's own per cent completed within nominal time + 2.
select
    geo_level, geo_code, period, period_type, reference_date,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from udir_completion_county
where measure = 'Prosent' and completion = 'Fullført'
