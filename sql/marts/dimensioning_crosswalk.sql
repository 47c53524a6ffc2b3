-- One row per code of one scheme x code of another that it leads to, with the weight of the step.
--
-- Weights of an origin within a pair of schemes add up to 1; `_N` is what is not covered. Each part
-- of the union is one step of the way from programme areas to education, occupations and back.
with areas as (
    select
        'programme_area' as origin_scheme, areas.programme_area as origin_code,
        'NUS2000' as target_scheme, coalesce(areas.nus, '_N') as target_code,
        sizes.under_40 as persons,
        -- People are known of all codes of an area, or each counts the same.
        case
            when bool_and(coalesce(sizes.under_40, 0) > 0) over area
            then sizes.under_40 / sum(sizes.under_40) over area
            else 1 / count(*) over area
        end as weight,
        areas.status, areas.source,
        regexp_extract(areas.vintage_id, '@([^#]+)', 1) as version,
        case when areas.nus is null then 'no_nus' end as reason,
        [areas.vintage_id] as vintage_ids
    from programme_area_nus as areas
    left join (
        select nus, sum(under_40) as under_40 from education_persons group by nus
    ) as sizes on sizes.nus = areas.nus
    window area as (partition by areas.programme_area)
),
programmes as (
    select
        'programme' as origin_scheme, programme.programme as origin_code,
        'NUS2000' as target_scheme, coalesce(programme_nus.nus, '_N') as target_code,
        programme_nus.under_40 as persons,
        coalesce(
            programme_nus.under_40
                / sum(programme_nus.under_40) over (partition by programme.programme), 1
        ) as weight,
        'derived' as status, 'utdanning/education_occupation' as source,
        programme_nus.period as version,
        case when programme_nus.nus is null then 'no_persons' end as reason,
        coalesce(programme_nus.vintage_ids, []) as vintage_ids
    from programme
    left join programme_nus on programme_nus.programme = programme.programme
    where programme.programme_type = 'vocational' and programme.last_school_year is null
),
occupations as (
    select
        'NUS2000' as origin_scheme, nus as origin_code,
        'STYRK-08' as target_scheme, case when outside then '_N' else styrk08 end as target_code,
        sum(under_40) as persons,
        sum(under_40) / sum(sum(under_40)) over (partition by nus) as weight,
        'official' as status, 'utdanning/education_occupation' as source, period as version,
        case when outside then 'not_in_occupation' end as reason,
        [max(vintage_id)] as vintage_ids
    from education_persons
    group by nus, period, outside, target_code
),
back as (
    select
        'STYRK-08' as origin_scheme, occupation as origin_code,
        'programme' as target_scheme, programme as target_code,
        under_40 as persons, weight,
        'derived' as status,
        case when programme = '_N' and reason <> 'occupation_no_programme' and reason <> 'no_crosswalk'
            then 'sql/marts/seeds/occupation_field.csv' else 'utdanning/education_occupation' end
            as source,
        period as version, reason, coalesce(vintage_ids, []) as vintage_ids
    from occupation_programme
),
nav_groups as (
    select
        'STYRK-08' as origin_scheme, occupation as origin_code,
        kind.scheme as target_scheme,
        trim(case kind.scheme when 'nav_coarse_group' then coarse_group else fine_group end)
            as target_code,
        cast(null as double) as persons, 1.0 as weight,
        'derived' as status, 'codes/nav_occupation_groups' as source, last_year as version,
        cast(null as varchar) as reason, [vintage_id] as vintage_ids
    from codes_nav_occupation_groups
    cross join (values ('nav_coarse_group'), ('nav_fine_group')) as kind (scheme)
    where isco = 'ISCO-08'
),
labels as (
    select
        'nav_label' as origin_scheme, label as origin_code,
        'STYRK-08' as target_scheme, coalesce(occupation, '_N') as target_code,
        cast(null as double) as persons, 1.0 as weight,
        coalesce(status, 'derived') as status, coalesce(source, 'codes/styrk08') as source, version,
        case when occupation is null then 'no_answer' end as reason, vintage_ids
    from nav_label_occupation
),
fields as (
    select
        'nav_education_field' as origin_scheme, education_field as origin_code,
        'programme' as target_scheme, programme as target_code,
        cast(null as double) as persons, 1.0 as weight,
        status, source, version,
        case when programme = '_N' then 'field_without_programme' end as reason,
        cast([] as varchar[]) as vintage_ids
    from survey_field
),
steps as (
    select * from areas
    union all by name select * from programmes
    union all by name select * from occupations
    union all by name select * from back
    union all by name select * from nav_groups
    union all by name select * from labels
    union all by name select * from fields
)
select
    steps.origin_scheme, steps.origin_code, steps.target_scheme, steps.target_code,
    steps.weight,
    steps.persons,
    steps.status, steps.source, steps.version,
    steps.reason,
    dimensioning_reason.nb as reason_nb,
    dimensioning_reason.en as reason_en,
    data_origin.name as data_origin,
    steps.vintage_ids
from steps
cross join data_origin
left join dimensioning_reason on dimensioning_reason.code = steps.reason
order by all
