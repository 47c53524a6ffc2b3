-- One row per code of the time x year: residents 15-29 outside work, education and labour market
-- measures, over all residents 15-29. Counts come from 13563; where only 13556 answers, its own
-- per cent is passed on. In the back-cast series of 13563 a total of 0 is a hole, not an empty place.
with counts as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        nullif(max(value) filter (where attachment = 'TOT3'), 0) as residents,
        max(value) filter (where attachment = 'NEET2') as outside,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_13563
    where age = '15-29' and immigration = 'A-G'
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date,
    case when residents is not null then outside end as numerator,
    residents as denominator,
    case when residents is null then worse_status(obs_status, 'M') else obs_status end as obs_status,
    source_symbol, vintage_ids
from counts
union all by name
select
    geo_level, geo_code, period, period_type, reference_date,
    value as published,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_13556
where measure = 'BosatteProsent' and age = '15-29' and sex = '_T'
  and period not in (select period from counts)
