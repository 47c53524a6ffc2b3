-- One row per region x period x breakdown that the indicator answers for other regions and has no
-- row for. Inputs: indicator_value, region. Counties of earlier times are not asked for, and that
-- a level is not carried is said once for a region and period.
with cells as (
    select distinct indicator_id, period, breakdown
    from indicator_value
),
present as (
    select region_set, region_id, period, breakdown
    from indicator_value
),
not_carried as (
    select distinct region_set, region_id, period
    from indicator_value
    where reason in ('level_not_carried', 'depends_on_size')
)
select
    cells.indicator_id, region.region_set, region.region_id, region.name_nb,
    cells.period, cells.breakdown as of_breakdown
from region
cross join cells
anti join present
  on present.region_set = region.region_set
 and present.region_id = region.region_id
 and present.period = cells.period
 and present.breakdown = cells.breakdown
anti join not_carried
  on not_carried.region_set = region.region_set
 and not_carried.region_id = region.region_id
 and not_carried.period = cells.period
where region.region_level <> 'county_historical'
order by all
