-- One row per code of the time x year: residents 30-61 outside work, education and labour market
-- measures, over all residents 30-61. Counts come from 13563. In the back-cast series of 13563 a total of 0 is a hole, not an empty place.
with counts as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        nullif(max(value) filter (where attachment = 'TOT3'), 0) as residents,
        max(value) filter (where attachment = 'NEET2') as outside,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_13563
    where age = '30-61' and immigration = 'A-G'
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date,
    case when residents is not null then outside end as numerator,
    residents as denominator,
    case when residents is null then worse_status(obs_status, 'M') else obs_status end as obs_status,
    source_symbol, vintage_ids
from counts
