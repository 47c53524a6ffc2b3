-- One row per code x year x alternative x age group: projected residents on 1 January, persons.
-- Age group _T is the sum of the groups.
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        case measure when 'Personer' then 'main' when 'Personer1' then 'low'
             when 'Personer2' then 'high' end as alternative,
        cast(age_group as varchar) as age_group,
        value, obs_status, source_symbol, vintage_id
    from ssb_14746
),
grouped as (
    select
        geo_level, geo_code, period, period_type, reference_date, alternative, age_group,
        sum_known(value, obs_status) as value,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    where age_group <> '_T'
    group by all
    union all
    select
        geo_level, geo_code, period, period_type, reference_date, alternative,
        '_T' as age_group,
        sum_known(value, obs_status) as value,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    where age_group <> '_T'
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date, alternative, age_group,
    value as numerator,
    obs_status, source_symbol, vintage_ids
from grouped
