-- One row per code of the time x cohort x outcome x sex x points from lower secondary: pupils
-- with the outcome, over all who began. Outcome `completed` is on normal time or later (1a + 2a).
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date, outcome,
        sex, grade_points, measure,
        value, obs_status, source_symbol, vintage_id
    from ssb_14882
),
began as (
    select geo_level, geo_code, period, sex, grade_points, value as pupils
    from cells
    where measure = 'Personer' and outcome = '5'
),
outcomes as (
    select
        geo_level, geo_code, period, period_type, reference_date, sex, grade_points,
        outcome,
        max(value) filter (where measure = 'Personer') as numerator,
        max(value) filter (where measure = 'Prosent') as published,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    where outcome <> '5'
    group by all
    union all by name
    select
        geo_level, geo_code, period, period_type, reference_date, sex, grade_points,
        'completed' as outcome,
        sum_known(value, obs_status) as numerator,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    where outcome in ('1a', '2a') and measure = 'Personer'
    group by all
)
select
    outcomes.geo_level, outcomes.geo_code,
    outcomes.period, outcomes.period_type, outcomes.reference_date,
    outcomes.outcome, outcomes.sex, outcomes.grade_points,
    outcomes.numerator,
    began.pupils as denominator,
    outcomes.published,
    outcomes.obs_status,
    outcomes.source_symbol,
    outcomes.vintage_ids
from outcomes
left join began
  on began.geo_level = outcomes.geo_level
 and began.geo_code = outcomes.geo_code
 and began.period = outcomes.period
 and began.sex = outcomes.sex
 and began.grade_points = outcomes.grade_points
