-- One row per code of the time x year: employed residents 15-74, over residents 15-74.
select
    geo_level, geo_code, period, period_type, reference_date,
    max(value) filter (where measure = 'SysselBosted') as numerator,
    max(value) filter (where measure = 'BefolkningBosted') as denominator,
    worst_status(obs_status) as obs_status,
    max(source_symbol) as source_symbol,
    vintages(vintage_id) as vintage_ids
from ssb_11618
where measure in ('SysselBosted', 'BefolkningBosted') and sex = '_T' and age = '15-74'
group by all
