-- One row per code of the time x year x sex: employed residents with upper secondary education as
-- their highest, over employed residents whose level is known (the four levels together). An answer
-- without some level or sex gives no row.
with shown(part, sex) as (
    values ('1', '1'), ('2', '2'), ('1', '_T'), ('2', '_T')
),
cells as (
    select
        geo_level, geo_code, period, period_type, reference_date, shown.sex,
        education_level = '2' as is_upper_secondary,
        value, obs_status, source_symbol, vintage_id
    from ssb_11615
    join shown on shown.part = ssb_11615.sex
    where education_field = '_T'
),
counts as (
    select
        geo_level, geo_code, period, period_type, reference_date, sex,
        count(*) as cells,
        sum_known(
            case when is_upper_secondary then value else 0 end,
            case when is_upper_secondary then obs_status else 'A' end
        ) as upper_secondary,
        sum_known(value, obs_status) as employed,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from cells
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date, sex,
    case when employed is not null then upper_secondary end as numerator,
    employed as denominator,
    obs_status, source_symbol, vintage_ids
from counts
where cells = case when sex = '_T' then 8 else 4 end
