-- One row per region x year: those who turn 16 that year, and 5, 10 and 15 years later.
select
    now.region_set, now.region_id, cast(now.cohort_year as integer) as start_year,
    max(ahead.persons) filter (where years = 0 and ahead.alternative = 'observed') as observed_0,
    max(ahead.persons) filter (where years = 5 and ahead.alternative = 'observed') as observed_5,
    max(ahead.persons) filter (where years = 5 and ahead.alternative = 'low') as low_5,
    max(ahead.persons) filter (where years = 5 and ahead.alternative = 'main') as main_5,
    max(ahead.persons) filter (where years = 5 and ahead.alternative = 'high') as high_5,
    max(ahead.persons) filter (where years = 10 and ahead.alternative = 'observed') as observed_10,
    max(ahead.persons) filter (where years = 10 and ahead.alternative = 'low') as low_10,
    max(ahead.persons) filter (where years = 10 and ahead.alternative = 'main') as main_10,
    max(ahead.persons) filter (where years = 10 and ahead.alternative = 'high') as high_10,
    max(ahead.persons) filter (where years = 15 and ahead.alternative = 'observed') as observed_15,
    max(ahead.persons) filter (where years = 15 and ahead.alternative = 'low') as low_15,
    max(ahead.persons) filter (where years = 15 and ahead.alternative = 'main') as main_15,
    max(ahead.persons) filter (where years = 15 and ahead.alternative = 'high') as high_15,
    max(now.reason) filter (where now.alternative = 'observed') as reason,
    list_sort(list_distinct(flatten(list(ahead.vintage_ids)))) as vintage_ids
from (
    select *, cast(cohort_year as integer) as base_year
    from dimensioning_cohort
    where alternative = 'observed'
) as now
join (
    select *, cast(cohort_year as integer) as ahead_year from dimensioning_cohort
) as ahead
  on ahead.region_set = now.region_set and ahead.region_id = now.region_id
cross join (values (0), (5), (10), (15)) as distance (years)
where ahead.ahead_year = now.base_year + distance.years
group by now.region_set, now.region_id, now.cohort_year
