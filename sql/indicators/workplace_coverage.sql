-- One row per code of the time x year: employed by place of work, over employed by place of
-- residence, 15-74.
select
    geo_level, geo_code, period, period_type, reference_date,
    max(value) filter (where measure = 'SysselArbsted') as numerator,
    max(value) filter (where measure = 'SysselBosted') as denominator,
    worst_status(obs_status) as obs_status,
    max(source_symbol) as source_symbol,
    vintages(vintage_id) as vintage_ids
from ssb_11618
where measure in ('SysselArbsted', 'SysselBosted') and sex = '_T' and age = '15-74'
group by all
