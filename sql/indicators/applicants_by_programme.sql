-- One row per county or country x year x what is applied for x programme: applicants on 1 March,
-- persons.
select
    geo_level, geo_code, period, period_type, reference_date,
    cast(applied_for as varchar) as applied_for,
    cast(programme as varchar) as programme,
    value as numerator,
    obs_status, source_symbol,
    [cast(vintage_id as varchar)] as vintage_ids
from udir_applicants_programme
where sex = '_T'
