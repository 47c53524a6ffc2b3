-- One row per indicator x region: the headline figure beside its county's and the country's, with
-- the difference (percentages and points) or the share of the county (counts that can be added).
create or replace view region_comparison as
with placed as (
    select
        headline_value.*,
        indicator.aggregation,
        region_county.county_id
    from headline_value
    join indicator on indicator.indicator_id = headline_value.indicator_id
    left join region_county
      on region_county.region_set = headline_value.region_set
     and region_county.region_id = headline_value.region_id
),
beside as (
    select
        placed.*,
        max(case when region_level = 'county' and county_id is not null then "value" end) over (
            partition by indicator_id, period, county_id
        ) as county_value,
        max(case when region_level = 'country' then "value" end) over (
            partition by indicator_id, period
        ) as country_value,
        rank() over (
            partition by indicator_id, period, region_set order by "value" desc nulls last
        ) as rank_from_top,
        count("value") over (partition by indicator_id, period, region_set) as ranked_in_set
    from placed
)
select
    beside.indicator_id,
    beside.title_nb,
    beside.title_en,
    beside.breakdown_nb,
    beside.breakdown_en,
    beside.region_set,
    beside.region_id,
    beside.region_level,
    beside.region_name_nb,
    beside.region_name_en,
    beside.period,
    beside.value,
    beside.unit,
    beside.decimals,
    beside.obs_status,
    beside.lower,
    beside.upper,
    case when beside.value is not null then beside.rank_from_top end as rank_in_set,
    beside.ranked_in_set,
    beside.county_id,
    beside.county_value,
    beside.country_value,
    case when beside.unit <> 'persons' then beside.value - beside.county_value end
        as difference_from_county,
    case when beside.unit <> 'persons' then beside.value - beside.country_value end
        as difference_from_country,
    case beside.unit when 'percent' then 'percentage points' when 'points' then 'points' end
        as difference_unit,
    case
        when beside.unit = 'persons' and beside.aggregation = 'sum' and beside.county_value > 0
        then 100 * beside.value / beside.county_value
    end as share_of_county_pct,
    beside.reason,
    beside.reason_nb,
    beside.reason_en,
    beside.data_origin,
    beside.stale_since
from beside;
