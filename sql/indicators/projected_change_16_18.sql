-- One row per code x alternative x horizon: projected residents aged 16-18 on 1 January that many
-- years after the first year of the projection, less those of the first year, over the latter.
with people as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        case measure when 'Personer' then 'main' when 'Personer1' then 'low'
             when 'Personer2' then 'high' end as alternative,
        count(distinct age) as ages,
        sum_known(value, obs_status) as persons,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_14746_ages
    where age in ('016', '017', '018')
    group by all
),
whole as (
    select * exclude (ages) from people where ages = 3
),
base as (
    select *
    from whole
    where period = (select min(period) from whole)
)
select
    base.geo_level, base.geo_code, base.period, base.period_type, base.reference_date,
    base.alternative,
    cast(cast(ahead.period as integer) - cast(base.period as integer) as varchar) as horizon,
    ahead.persons - base.persons as numerator,
    base.persons as denominator,
    worse_status(base.obs_status, ahead.obs_status) as obs_status,
    coalesce(ahead.source_symbol, base.source_symbol) as source_symbol,
    list_sort(list_distinct(list_concat(base.vintage_ids, ahead.vintage_ids))) as vintage_ids
from base
join whole as ahead
  on ahead.geo_level = base.geo_level
 and ahead.geo_code = base.geo_code
 and ahead.alternative = base.alternative
where cast(ahead.period as integer) - cast(base.period as integer) in (5, 10, 15)
