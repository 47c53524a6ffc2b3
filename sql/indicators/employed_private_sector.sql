-- One row per code of the time x year: employed in the private sector (13472), over employed in
-- all industries (13470), both by place of work. The tables' totals differ by up to 12 persons.
with everyone as (
    select
        geo_level, geo_code, period,
        sum_known(value, obs_status) as persons,
        worst_status(obs_status) as obs_status,
        vintages(vintage_id) as vintage_ids
    from ssb_13470
    where measure = 'SysselsatteArb'
    group by all
)
select
    ssb_13472.geo_level, ssb_13472.geo_code,
    ssb_13472.period, ssb_13472.period_type, ssb_13472.reference_date,
    ssb_13472.value as numerator,
    everyone.persons as denominator,
    worse_status(ssb_13472.obs_status, everyone.obs_status) as obs_status,
    ssb_13472.source_symbol,
    list_sort(list_append(everyone.vintage_ids, cast(ssb_13472.vintage_id as varchar))) as vintage_ids
from ssb_13472
join everyone
  on everyone.geo_level = ssb_13472.geo_level
 and everyone.geo_code = ssb_13472.geo_code
 and everyone.period = ssb_13472.period
where ssb_13472.sector = 'A+B+D+E.0-1+9' and ssb_13472.measure = 'SysselEtterArbste'
