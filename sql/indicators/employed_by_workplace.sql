-- One row per code of the time x year: employed 15-74 by place of work, persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_11618
where measure = 'SysselArbsted' and sex = '_T' and age = '15-74'
