-- One row per county or country x month that both files have: registered unemployed at its end,
-- over new vacancies in it.
with unemployed as (
    select geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, source_symbol, vintage_id
    from nav_unemployed_hl060
    where measure = 'antall' and geo_level <> 'municipality'
),
vacancies as (
    select geo_level, geo_code, period, value, obs_status, source_symbol, vintage_id
    from nav_vacancies_county
    where measure = 'vacancies'
)
select
    unemployed.geo_level, unemployed.geo_code,
    unemployed.period, unemployed.period_type, unemployed.reference_date,
    unemployed.value as numerator,
    vacancies.value as denominator,
    worse_status(unemployed.obs_status, vacancies.obs_status) as obs_status,
    coalesce(unemployed.source_symbol, vacancies.source_symbol) as source_symbol,
    list_sort([cast(unemployed.vintage_id as varchar), cast(vacancies.vintage_id as varchar)])
        as vintage_ids
from unemployed
join vacancies
  on vacancies.geo_level = unemployed.geo_level
 and vacancies.geo_code = unemployed.geo_code
 and vacancies.period = unemployed.period
