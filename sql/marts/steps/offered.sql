-- One row per region x programme x school year in which the programme is offered: the rows of the
-- decision table. School years are those that some source has a figure for.
with years as (
    select distinct cast(left(period, 4) as integer) as start_year
    from dimensioning_measure
    join dimensioning_measure_list as listed
      on listed.offer = dimensioning_measure.offer and listed.measure = dimensioning_measure.measure
    where dimensioning_measure.offer = 'upper_secondary'
      and listed.match = 'exact'
      and dimensioning_measure.value is not null
)
select
    'upper_secondary' as offer,
    region.region_set, region.region_id, region.region_level,
    region_county.county_id,
    programme.programme, programme.programme_type,
    years.start_year,
    years.start_year || '-' || lpad(cast((years.start_year + 1) % 100 as varchar), 2, '0')
        as school_year
from region
cross join programme
cross join years
left join region_county
  on region_county.region_set = region.region_set and region_county.region_id = region.region_id
where region.region_level in ('region', 'county', 'country')
  and years.start_year
    between coalesce(cast(programme.first_school_year as integer), 0)
        and coalesce(cast(programme.last_school_year as integer), 9999)
