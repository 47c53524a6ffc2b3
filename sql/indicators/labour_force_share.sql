-- One row per code of the time x year x age group: employed and registered unemployed, over
-- residents of all seven statuses. In the back-cast series of 13563 a total of 0 is a hole, not an
-- empty place; an answer without one of the statuses gives no row.
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(age as varchar) as age, attachment in ('A.01', 'A.09') as in_labour_force,
        value, obs_status, source_symbol, vintage_id
    from ssb_13563_status
    where immigration = 'A-G' and age in ('15-29', '30-61')
),
grouped as (
    select * from cells
    union all
    select * replace ('15-61' as age) from cells
),
counts as (
    select
        geo_level, geo_code, period, period_type, reference_date, age,
        count(*) as statuses,
        nullif(sum_known(value, obs_status), 0) as residents,
        sum_known(
            case when in_labour_force then value else 0 end,
            case when in_labour_force then obs_status else 'A' end
        ) as labour_force,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from grouped
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date, age,
    case when residents is not null then labour_force end as numerator,
    residents as denominator,
    case when residents is null then worse_status(obs_status, 'M') else obs_status end as obs_status,
    source_symbol, vintage_ids
from counts
where statuses = case age when '15-61' then 14 else 7 end
