-- One row per code of the time x year: residents aged 20-66 on 1 January, over all residents.
-- Both are added from single ages and sexes; an answer with totals alone, or without some of the
-- 106 ages, gives no row.
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(age as varchar) as age,
        cast(left(cast(age as varchar), 3) as integer) between 20 and 66 as of_working_age,
        value, obs_status, source_symbol, vintage_id
    from ssb_07459
    where sex <> '_T' and age <> '_T'
),
counts as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        count(distinct age) as ages,
        sum_known(value, obs_status) as residents,
        sum_known(
            case when of_working_age then value else 0 end,
            case when of_working_age then obs_status else 'A' end
        ) as of_working_age,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date,
    case when residents is not null then of_working_age end as numerator,
    residents as denominator,
    obs_status, source_symbol, vintage_ids
from counts
where ages = 106
