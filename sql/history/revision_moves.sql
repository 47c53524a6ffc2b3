-- One row per headline figure of the county and its regions that was revised or defined otherwise
-- by as much as its decimals show, greatest change first. wanted: the region sets that are told of.
select
    kind, indicator_id, region_set, region_id, period, unit, decimals,
    earlier_value, later_value, change,
    abs(change) / nullif(abs(earlier_value), 0) as relative_change
from changes
where kind in ('revised', 'redefined')
  and is_headline
  and region_set in (select region_set from wanted)
  and round(abs(change), cast(decimals as integer)) > 0
order by relative_change desc nulls last, indicator_id, region_set, region_id, period
