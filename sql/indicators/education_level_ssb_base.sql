-- One row per code of the time x year x sex x education level, on the base that SSB prints:
-- without level 09a (unknown or none) to 2024, with it from 2025. SSB's own per cent stands
-- beside, as the check.
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        sex, education_level, measure,
        value, obs_status, source_symbol, vintage_id
    from ssb_09429
    where education_level <> '00'
      and (education_level <> '09a' or period >= '2025')
),
base as (
    select
        geo_level, geo_code, period, sex,
        sum_known(value, obs_status) as persons,
        worst_status(case when obs_status <> 'M' then obs_status end) as obs_status
    from cells
    where measure = 'Personer'
    group by all
),
levels as (
    select
        geo_level, geo_code, period, period_type, reference_date, sex, education_level,
        max(value) filter (where measure = 'Personer') as numerator,
        max(value) filter (where measure = 'PersonerProsent') as published,
        worst_status(case when measure = 'Personer' then obs_status end) as obs_status,
        max(source_symbol) filter (where measure = 'Personer') as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    group by all
)
select
    levels.geo_level, levels.geo_code, levels.period, levels.period_type, levels.reference_date,
    levels.sex, levels.education_level,
    levels.numerator,
    base.persons as denominator,
    levels.published,
    worse_status(coalesce(levels.obs_status, 'O'), coalesce(base.obs_status, 'A')) as obs_status,
    levels.source_symbol,
    levels.vintage_ids
from levels
left join base
  on base.geo_level = levels.geo_level
 and base.geo_code = levels.geo_code
 and base.period = levels.period
 and base.sex = levels.sex
