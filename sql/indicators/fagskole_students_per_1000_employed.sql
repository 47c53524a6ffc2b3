-- One row per year of the whole country: active fagskole students in autumn, over employed
-- residents aged 15-74 in the 4th quarter.
with students as (
    select
        period,
        sum_known(value, obs_status) as persons,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from dbh_fagskole_students
    where sex = '_T' and semester = '3'
    group by all
),
employed as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, source_symbol,
        [cast(vintage_id as varchar)] as vintage_ids
    from ssb_11618
    where measure = 'SysselBosted' and sex = '_T' and age = '15-74' and geo_level = 'country'
)
select
    employed.geo_level, employed.geo_code,
    employed.period, employed.period_type, employed.reference_date,
    students.persons as numerator,
    employed.value as denominator,
    worse_status(students.obs_status, employed.obs_status) as obs_status,
    coalesce(students.source_symbol, employed.source_symbol) as source_symbol,
    list_sort(list_concat(students.vintage_ids, employed.vintage_ids)) as vintage_ids
from employed
join students on students.period = employed.period
