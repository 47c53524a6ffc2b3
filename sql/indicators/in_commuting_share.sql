-- One row per residence x workplace (codes of the time) x year: employed persons.
-- Employed abroad, on the shelf and on Svalbard are not in the source's matrix.
select
    residence_code, workplace_code,
    period, period_type, reference_date,
    value as persons,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from ssb_03321
where residence_level = 'municipality' and workplace_level = 'municipality'
