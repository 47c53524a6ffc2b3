-- One row per period x breakdown: every figure of one indicator for one region.
create or replace macro figures_of(wanted_indicator, wanted_region, wanted_period := null) as table
    select *
    from indicator_value
    where indicator_id = wanted_indicator
      and region_id = wanted_region
      and period = coalesce(wanted_period, period);
