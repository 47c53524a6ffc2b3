-- One row per code of the time x year x age group x immigration category: residents outside work,
-- education and labour market measures, over all residents of the category. The category of all
-- stands in neet_15_29 and neet_30_61. A total of 0 in a place whose residents of all categories
-- are 0 too is a hole of the back-cast series; elsewhere it says that no immigrants live there.
with counts as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(age as varchar) as age,
        cast(immigration as varchar) as immigration,
        max(value) filter (where attachment = 'TOT3') as residents,
        max(value) filter (where attachment = 'NEET2') as outside,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_13563
    group by all
),
judged as (
    select
        *,
        max(residents) over (
            partition by geo_level, geo_code, period, age
        ) > 0 as is_there
    from counts
)
select
    geo_level, geo_code, period, period_type, reference_date, age, immigration,
    case when is_there and residents is not null then outside end as numerator,
    case when is_there then residents end as denominator,
    case when is_there and residents is not null then obs_status
        else worse_status(obs_status, 'M') end as obs_status,
    source_symbol, vintage_ids
from judged
where immigration in ('B', 'A_C-G')
