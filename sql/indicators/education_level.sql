-- One row per code of the time x year x sex x education level: persons at the level, over
-- persons whose level is known. Level 09a (unknown or none) is outside the base in every year.
with persons as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        sex, education_level,
        value, obs_status, source_symbol, vintage_id
    from ssb_09429
    where measure = 'Personer' and education_level not in ('00', '09a')
),
known as (
    select
        geo_level, geo_code, period, sex,
        sum_known(value, obs_status) as persons,
        worst_status(case when obs_status <> 'M' then obs_status end) as obs_status,
        vintages(vintage_id) as vintage_ids
    from persons
    group by all
)
select
    persons.geo_level, persons.geo_code,
    persons.period, persons.period_type, persons.reference_date,
    persons.sex, persons.education_level,
    persons.value as numerator,
    known.persons as denominator,
    worse_status(persons.obs_status, coalesce(known.obs_status, 'A')) as obs_status,
    persons.source_symbol,
    known.vintage_ids
from persons
join known
  on known.geo_level = persons.geo_level
 and known.geo_code = persons.geo_code
 and known.period = persons.period
 and known.sex = persons.sex
