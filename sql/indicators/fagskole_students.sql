-- One row per year x school of the whole country: active students in autumn, persons. School _T
-- is all schools. Totals of the programmes are exact; only figures by sex are hidden in DBH.
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(school as varchar) as school,
        value, obs_status, source_symbol, vintage_id
    from dbh_fagskole_students
    where sex = '_T' and semester = '3'
),
schools as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        unnest(['_T', school]) as school,
        value, obs_status, source_symbol, vintage_id
    from cells
)
select
    geo_level, geo_code, period, period_type, reference_date, school,
    sum_known(value, obs_status) as numerator,
    worst_status(obs_status) as obs_status,
    max(source_symbol) as source_symbol,
    vintages(vintage_id) as vintage_ids
from schools
group by all
