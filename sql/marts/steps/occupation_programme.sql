-- One row per occupation (STYRK-08, four digits, or a group of three) x programme that it is
-- divided over, or `_N` with the reason why it is not covered. Weights of an occupation add up to 1.
--
-- The weight is people under 40 in the occupation with the programme's education, over those of
-- all programmes. People with other education are not in the source.
with occupations as (
    select code as occupation from codes_styrk08 where level = '4'
    union
    select styrk08 from education_persons where not outside
    union
    select occupation from nav_survey_occupation_2017
    union
    select occupation from nav_label_occupation
),
people as (
    select
        occupations.occupation, programme_nus.programme,
        sum(education_persons.under_40) as under_40,
        max(education_persons.period) as period,
        list_sort(list_distinct(flatten(list(programme_nus.vintage_ids)))) as vintage_ids
    from occupations
    join education_persons
      on starts_with(education_persons.styrk08, occupations.occupation)
     and not education_persons.outside
    join programme_nus on programme_nus.nus = education_persons.nus
    group by all
    having sum(education_persons.under_40) > 0
),
judged as (
    select
        occupations.occupation,
        field.covered = 'yes' as covered,
        field.reason,
        (select count(*) from programme_nus) > 0 as linked,
        exists (
            select 1 from people where people.occupation = occupations.occupation
        ) as has_people
    from occupations
    join occupation_field as field on field.major_group = left(occupations.occupation, 1)
)
select
    judged.occupation, people.programme,
    people.under_40 / sum(people.under_40) over (partition by judged.occupation) as weight,
    people.under_40, people.period, people.vintage_ids,
    cast(null as varchar) as reason
from judged
join people on people.occupation = judged.occupation
where judged.covered
union all by name
select
    occupation, '_N' as programme, 1.0 as weight,
    case when not covered then reason when linked then 'occupation_no_programme'
        else 'no_crosswalk' end as reason
from judged
where not (covered and has_people)
