-- No rows: how much of a commuting matrix is missing is not measured, so it is never estimated.
select
    cast(null as varchar) as region_set,
    cast(null as varchar) as region_id,
    cast(null as varchar) as geo_level,
    cast(null as varchar) as period,
    sums.breakdown,
    cast(null as double) as missing_share
from sums
where false
