-- One row per county code of the time x cohort x sex: pupils who began a vocational programme and had not
-- completed within two years after nominal time, over all of them. Udir's own per cent of those who
-- had completed stands beside it, as 100 minus it.
with counts as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(sex as varchar) as sex,
        max(value) filter (where measure = 'Teller') as completed,
        max(value) filter (where measure = 'Nevner') as pupils,
        max(value) filter (where measure = 'Prosent') as completed_percent,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from udir_completion_programme
    where completion = '25.201' and programme = 'YRK'
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date, sex,
    pupils - completed as numerator,
    pupils as denominator,
    round(100 - completed_percent, 1) as published,
    obs_status, source_symbol, vintage_ids
from counts
