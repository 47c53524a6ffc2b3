-- One row per county or country x year x alternative whose cohort is not the projection's figure of
-- those aged 16 a year later.
-- Inputs: dimensioning_cohort, ssb_14746_ages.
with projected as (
    select
        geo_code as region_id, cast(cast(period as integer) - 1 as varchar) as cohort_year,
        case measure when 'Personer' then 'main' when 'Personer1' then 'low'
            when 'Personer2' then 'high' end as alternative,
        sum(value) as persons
    from ssb_14746_ages
    where age = '016' and geo_level in ('county', 'country')
    group by all
)
select
    cohort.region_id, cohort.cohort_year, cohort.alternative,
    projected.persons as projected, cohort.persons, cohort.vintage_ids
from dimensioning_cohort as cohort
join projected
  on projected.region_id = cohort.region_id
 and projected.cohort_year = cohort.cohort_year
 and projected.alternative = cohort.alternative
where cohort.region_level in ('county', 'country')
  and projected.persons is distinct from cohort.persons
order by all
