-- One row per county, region or the country x field of education x year: what a decision on fagskole
-- needs, each part with its evidence and each blank with its reason.
--
-- Made from dimensioning_measure alone. Places and fields of DBH's students are not known, so they
-- stand with the country and all fields together.
with wide as (
    select
        region_set, region_id, programme, start_year,
        max(value) filter (where measure = 'applicants') as applicants_number,
        max(reason) filter (where measure = 'applicants') as applicants_reason,
        max(value) filter (where measure = 'places') as places_persons,
        max(reason) filter (where measure = 'places') as places_reason,
        max(value) filter (where measure = 'students') as students_persons,
        max(reason) filter (where measure = 'students') as students_reason,
        max(value) filter (where measure = 'completed') as completed_persons,
        max(reason) filter (where measure = 'completed') as completed_reason,
        max(value) filter (where measure = 'shortage') as shortage_persons,
        max(reason) filter (where measure = 'shortage') as shortage_reason,
        max(value) filter (where measure = 'residents_with_fagskole') as residents_with_fagskole_persons,
        max(reason) filter (where measure = 'residents_with_fagskole') as residents_with_fagskole_reason,
        max(value) filter (where measure = 'employed_with_fagskole') as employed_with_fagskole_persons,
        max(reason) filter (where measure = 'employed_with_fagskole') as employed_with_fagskole_reason,
        max(value) filter (where measure = 'aged_55_plus') as aged_55_plus_persons,
        max(reason) filter (where measure = 'aged_55_plus') as aged_55_plus_reason,
        max(period) filter (where measure = 'shortage') as shortage_year,
        max(period) filter (where measure = 'residents_with_fagskole') as residents_year,
        max(evidence) filter (where measure = 'students') as students_evidence,
        max(evidence) filter (where measure = 'applicants') as applicants_evidence,
        max(evidence) filter (where measure = 'shortage') as shortage_evidence,
        max(evidence) filter (where measure = 'residents_with_fagskole') as residents_evidence,
        max(lower) filter (where measure = 'shortage') as shortage_lower_persons,
        max(upper) filter (where measure = 'shortage') as shortage_upper_persons,
        max(context_value) filter (where measure = 'shortage') as county_shortage_persons,
        max(context_lower) filter (where measure = 'shortage') as county_shortage_lower_persons,
        max(context_upper) filter (where measure = 'shortage') as county_shortage_upper_persons,
        string_agg(distinct warning_nb, ' ' order by warning_nb) as warnings_nb,
        string_agg(distinct warning_en, ' ' order by warning_en) as warnings_en,
        list_sort(list_distinct(flatten(list(coalesce(vintage_ids, []))))) as vintage_ids
    from aligned
    group by region_set, region_id, programme, start_year
)
select
    offered.region_set,
    offered.region_id,
    offered.region_level,
    offered.county_id,
    offered.programme as education_field,
    offered.school_year as year,
    'year' as period_type,
    wide.applicants_number,
    wide.applicants_reason,
    wide.applicants_evidence,
    wide.places_persons,
    wide.places_reason,
    wide.students_persons,
    wide.students_reason,
    wide.students_evidence,
    wide.completed_persons,
    wide.completed_reason,
    wide.shortage_persons,
    wide.shortage_lower_persons,
    wide.shortage_upper_persons,
    wide.shortage_reason,
    wide.shortage_year,
    wide.shortage_evidence,
    wide.county_shortage_persons,
    wide.county_shortage_lower_persons,
    wide.county_shortage_upper_persons,
    wide.residents_with_fagskole_persons,
    wide.residents_with_fagskole_reason,
    wide.residents_year,
    wide.residents_evidence,
    wide.employed_with_fagskole_persons,
    wide.employed_with_fagskole_reason,
    wide.aged_55_plus_persons,
    wide.aged_55_plus_reason,
    fagskole_field.feeding_programmes,
    fagskole_field.status as feeding_status,
    wide.warnings_nb,
    wide.warnings_en,
    data_origin.name as data_origin,
    wide.vintage_ids
from offered
cross join data_origin
join wide using (region_set, region_id, programme, start_year)
left join fagskole_field on fagskole_field.education_field = offered.programme
order by
    offered.region_set, offered.region_id, offered.start_year, offered.programme
