-- One row per county or country x survey year whose programmes and uncovered part do not add up to
-- the shortage of all programmes together.
-- Inputs: dimensioning_measure, dimensioning_demand.
with programmes as (
    select
        region_set, region_id, source_table_id, period,
        sum(value) filter (where programme <> '_T') as of_programmes,
        max(value) filter (where programme = '_T') as of_all
    from dimensioning_measure
    where offer = 'upper_secondary' and measure = 'shortage'
      and region_level in ('county', 'country')
    group by all
),
uncovered as (
    select region_set, region_id, source_table_id, period, sum(shortage_persons) as persons
    from dimensioning_demand
    where programme = '_N'
    group by all
)
select
    programmes.region_set, programmes.region_id, programmes.source_table_id, programmes.period,
    programmes.of_programmes, uncovered.persons as uncovered, programmes.of_all
from programmes
left join uncovered
  on uncovered.region_set = programmes.region_set
 and uncovered.region_id = programmes.region_id
 and uncovered.source_table_id = programmes.source_table_id
 and uncovered.period = programmes.period
where programmes.of_all is not null
  and not abs(
        coalesce(programmes.of_programmes, 0) + coalesce(uncovered.persons, 0) - programmes.of_all
    ) <= 1e-6 * greatest(1, programmes.of_all)
order by all
