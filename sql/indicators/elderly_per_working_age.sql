-- One row per code of the time x year x age group: residents aged 67 and over (80 and over) on
-- 1 January, over residents aged 20-66. Both are added from single ages and sexes; an answer with
-- totals alone, or without some of the 106 ages, gives no row.
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(left(cast(age as varchar), 3) as integer) as years,
        value, obs_status, source_symbol, vintage_id
    from ssb_07459
    where sex <> '_T' and age <> '_T'
),
counts as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        count(distinct years) as ages,
        sum_known(
            case when years between 20 and 66 then value else 0 end,
            case when years between 20 and 66 then obs_status else 'A' end
        ) as of_working_age,
        sum_known(
            case when years >= 67 then value else 0 end,
            case when years >= 67 then obs_status else 'A' end
        ) as from_67,
        sum_known(
            case when years >= 80 then value else 0 end,
            case when years >= 80 then obs_status else 'A' end
        ) as from_80,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    group by all
),
elderly as (
    select *, '67+' as age_group, from_67 as persons from counts where ages = 106
    union all
    select *, '80+' as age_group, from_80 as persons from counts where ages = 106
)
select
    geo_level, geo_code, period, period_type, reference_date, age_group,
    persons as numerator,
    of_working_age as denominator,
    obs_status, source_symbol, vintage_ids
from elderly
