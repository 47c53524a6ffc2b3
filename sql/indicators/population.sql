-- One row per code of the time x year: residents on 1 January, persons. Where an answer holds
-- sex and age, they are added; where it holds the total, that is taken.
with totals as (
    select geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, source_symbol, vintages(vintage_id) as vintage_ids
    from ssb_07459
    where sex = '_T' and age = '_T'
    group by all
),
parts as (
    select geo_level, geo_code, period, period_type, reference_date,
        sum_known(value, obs_status) as value,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_07459
    where sex <> '_T' and age <> '_T'
    group by all
),
chosen as (
    select * from totals
    union all
    select parts.*
    from parts
    anti join totals
      on totals.geo_level = parts.geo_level
     and totals.geo_code = parts.geo_code
     and totals.period = parts.period
)
select
    geo_level, geo_code, period, period_type, reference_date,
    value as numerator,
    obs_status, source_symbol, vintage_ids
from chosen
