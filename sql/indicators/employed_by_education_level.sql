-- One row per code of the time x year x sex x education level: employed residents with the level as
-- their highest, over employed residents whose level is known (the four levels together). An answer
-- without some level or sex gives no row.
with shown(part, sex) as (
    values ('1', '1'), ('2', '2'), ('1', '_T'), ('2', '_T')
),
levels as (
    select
        geo_level, geo_code, period, period_type, reference_date, shown.sex,
        cast(education_level as varchar) as education_level,
        count(*) as sexes,
        sum_known(value, obs_status) as persons,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_11615
    join shown on shown.part = ssb_11615.sex
    where education_field = '_T'
    group by all
),
known as (
    select
        geo_level, geo_code, period, sex,
        sum(sexes) as cells,
        sum_known(persons, obs_status) as persons,
        worst_status(obs_status) as obs_status
    from levels
    group by all
)
select
    levels.geo_level, levels.geo_code, levels.period, levels.period_type, levels.reference_date,
    levels.sex, levels.education_level,
    case when known.persons is not null then levels.persons end as numerator,
    known.persons as denominator,
    known.obs_status, levels.source_symbol, levels.vintage_ids
from levels
join known
  on known.geo_level = levels.geo_level
 and known.geo_code = levels.geo_code
 and known.period = levels.period
 and known.sex = levels.sex
where known.cells = case when levels.sex = '_T' then 8 else 4 end
