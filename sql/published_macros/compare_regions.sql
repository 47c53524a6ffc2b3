-- One row per region of a set, then the county and the country: the headline figure of one
-- indicator in its newest period, highest first.
create or replace macro compare_regions(wanted_indicator, wanted_set) as table
    select *
    from region_comparison
    where indicator_id = wanted_indicator
      and (region_set = wanted_set or region_level in ('county', 'country'))
    order by region_level = 'country', region_level = 'county', value desc nulls last, region_id;
