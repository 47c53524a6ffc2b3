-- One row per code of the time x year x sex: employed residents aged 55-74, over all employed
-- residents aged 15-74. An answer without some of the six age groups or a sex gives no row.
with shown(part, sex) as (
    values ('1', '1'), ('2', '2'), ('1', '_T'), ('2', '_T')
),
cells as (
    select
        geo_level, geo_code, period, period_type, reference_date, shown.sex,
        cast(age as varchar) in ('55-66', '67-74') as is_older,
        value, obs_status, source_symbol, vintage_id
    from ssb_07984
    join shown on shown.part = ssb_07984.sex
),
counts as (
    select
        geo_level, geo_code, period, period_type, reference_date, sex,
        count(*) as groups,
        sum_known(
            case when is_older then value else 0 end, case when is_older then obs_status else 'A' end
        ) as older,
        sum_known(value, obs_status) as employed,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date, sex,
    case when employed is not null then older end as numerator,
    employed as denominator,
    obs_status, source_symbol, vintage_ids
from counts
where groups = case when sex = '_T' then 12 else 6 end
