-- One row per code of the time x year x industry (the part of the index): employed by place of
-- work in the industry, over employed in all industries but unspecified (00).
-- An answer without one of the sixteen industries gives no row.
with cells as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        cast(industry as varchar) as part, value, obs_status, source_symbol, vintage_id
    from ssb_13470
    where measure = 'SysselsatteArb' and industry <> '00'
),
everyone as (
    select
        geo_level, geo_code, period,
        sum_known(value, obs_status) as persons,
        worst_status(obs_status) as obs_status
    from cells
    group by all
    having count(distinct part) = 16
)
select
    cells.geo_level, cells.geo_code, cells.period, cells.period_type, cells.reference_date,
    cells.part,
    cells.value as numerator,
    everyone.persons as denominator,
    worse_status(cells.obs_status, everyone.obs_status) as obs_status,
    cells.source_symbol,
    [cast(cells.vintage_id as varchar)] as vintage_ids
from cells
join everyone
  on everyone.geo_level = cells.geo_level
 and everyone.geo_code = cells.geo_code
 and everyone.period = cells.period
