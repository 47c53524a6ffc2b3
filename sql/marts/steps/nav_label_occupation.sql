-- One row per label of an occupation in Nav's survey: its STYRK-08 code by exact match with the
-- code list, or by the exceptions declared by hand; occupation is null where neither knows it.
with labels as (
    select occupation_name as label, max(vintage_id) as vintage_id
    from nav_survey_occupation
    where occupation_name <> '_T'
    group by occupation_name
),
exact as (
    select name as label, code as occupation, vintage_id
    from codes_styrk08
    where level = '4'
)
select
    labels.label,
    coalesce(exact.occupation, nav_label.occupation) as occupation,
    coalesce(case when exact.occupation is not null then 'derived' end, nav_label.status) as status,
    case when exact.occupation is not null then 'codes/styrk08, exact match of the name'
        else nav_label.source end as source,
    nav_label.version,
    list_sort(list_distinct([labels.vintage_id, exact.vintage_id])) as vintage_ids
from labels
left join exact on exact.label = labels.label
left join nav_label on nav_label.label = labels.label
