-- One row per county or country x school year x programme: pupils who left during the year, over
-- pupils; Udir's own per cent goes beside it.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(programme as varchar) as programme,
    max(value) filter (where measure = 'Antall sluttet') as numerator,
    max(value) filter (where measure = 'Antall elever') as denominator,
    max(value) filter (where measure = 'Andel sluttet') as published,
    worst_status(obs_status) as obs_status,
    max(source_symbol) as source_symbol,
    vintages(vintage_id) as vintage_ids
from udir_leavers_county
where sex = '_T'
group by all
