-- One row per period, oldest first: the headline figure of one indicator for one region.
create or replace macro series_of(wanted_indicator, wanted_region, wanted_set := null) as table
    select *
    from series
    where indicator_id = wanted_indicator
      and region_id = wanted_region
      and region_set = coalesce(wanted_set, region_set)
    order by region_set, period;
