-- One row per code of the time x year: employed in the four public groups of sectors, over
-- employed in all five, by place of work. An answer without one of the groups gives no row.
with counts as (
    select
        geo_level, geo_code, period, period_type, reference_date,
        count(distinct sector) as sectors,
        sum_known(value, obs_status) as everyone,
        sum_known(
            case when sector <> 'A+B+D+E.0-1+9' then value else 0 end,
            case when sector <> 'A+B+D+E.0-1+9' then obs_status else 'A' end
        ) as in_public_sector,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_13472
    where measure = 'SysselEtterArbste' and industry = '00-99'
    group by all
)
select
    geo_level, geo_code, period, period_type, reference_date,
    case when everyone is not null then in_public_sector end as numerator,
    everyone as denominator,
    obs_status, source_symbol, vintage_ids
from counts
where sectors = 5
