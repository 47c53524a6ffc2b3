-- One row per region x period whose net commuting is not the flows in minus the flows out.
--
-- Inputs: indicator_value, definition, commuting_flow. The two are added up separately from the
-- same matrix. A region with a flow that is not known is left out.
with ends as (
    select region_set, workplace_region_id as region_id, period, persons, obs_status, 1 as sign
    from commuting_flow
    union all
    select region_set, residence_region_id as region_id, period, persons, obs_status, -1 as sign
    from commuting_flow
),
flows as (
    select region_set, region_id, period, sum(sign * persons) as net_flow_persons
    from ends
    where region_id <> '_O'
    group by region_set, region_id, period
    having count(*) filter (where persons is null and obs_status <> 'M') = 0
)
select
    indicator_value.indicator_id, indicator_value.region_set, indicator_value.region_id,
    indicator_value.period, indicator_value.value, flows.net_flow_persons,
    indicator_value.vintage_ids
from indicator_value
join definition
  on definition.indicator_id = indicator_value.indicator_id and definition.flow = 'net'
join flows
  on flows.region_set = indicator_value.region_set
 and flows.region_id = indicator_value.region_id
 and flows.period = indicator_value.period
where indicator_value.value is not null
  and indicator_value.breakdown = ''
  and not abs(indicator_value.value - definition.multiplier * flows.net_flow_persons)
        <= 1e-6 + 1e-9 * abs(flows.net_flow_persons)
order by all
