-- One row per indicator x region without any row, though the indicator has figures.
--
-- Inputs: indicator_value, region. Counties of earlier times have rows only for days on which
-- they were in force, so one that ended before an indicator began may be absent.
with answered as (
    select indicator_id
    from indicator_value
    where value is not null
    group by indicator_id
),
dates as (
    select distinct indicator_id, reference_date
    from indicator_value
),
expected as (
    select answered.indicator_id, region.region_set, region.region_id, region.name_nb
    from answered
    cross join region
    where region.region_level <> 'county_historical'
       or exists (
            select 1
            from dates
            where dates.indicator_id = answered.indicator_id
              and (region.valid_from is null or region.valid_from <= dates.reference_date)
              and (region.valid_to is null or dates.reference_date < region.valid_to)
       )
),
present as (
    select distinct indicator_id, region_set, region_id
    from indicator_value
)
select expected.indicator_id, expected.region_set, expected.region_id, expected.name_nb
from expected
where not exists (
    select 1
    from present
    where present.indicator_id = expected.indicator_id
      and present.region_set = expected.region_set
      and present.region_id = expected.region_id
)
order by all
