-- One row per county code of the time x cohort x programme x sex: pupils who completed within two
-- years after nominal time, over all of the cohort. Udir's own per cent goes beside it.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(programme as varchar) as programme,
    cast(sex as varchar) as sex,
    max(value) filter (where measure = 'Teller') as numerator,
    max(value) filter (where measure = 'Nevner') as denominator,
    max(value) filter (where measure = 'Prosent') as published,
    worst_status(obs_status) as obs_status,
    max(source_symbol) as source_symbol,
    vintages(vintage_id) as vintage_ids
from udir_completion_programme
where completion = '25.201'
group by all
