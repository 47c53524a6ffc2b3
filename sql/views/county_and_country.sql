-- One row per indicator x county x period: the county's headline figure beside the country's. Each
-- has its reason where it is missing.
create or replace view county_and_country as
with country as (
    select indicator_id, period, value, obs_status, reason_nb, reason_en
    from indicator_value
    where is_headline and region_level = 'country'
)
select
    county.indicator_id,
    indicator.title_nb,
    indicator.title_en,
    county.region_id as county_id,
    region.name_nb as county_name_nb,
    region.name_en as county_name_en,
    county.period,
    county.value as county_value,
    country.value as country_value,
    county.unit,
    county.decimals,
    case when county.unit <> 'persons' then county.value - country.value end
        as difference_from_country,
    case county.unit when 'percent' then 'percentage points' when 'points' then 'points' end
        as difference_unit,
    case
        when county.unit = 'persons' and indicator.aggregation = 'sum' and country.value > 0
        then 100 * county.value / country.value
    end as share_of_country_pct,
    county.obs_status as county_obs_status,
    country.obs_status as country_obs_status,
    county.reason_nb as county_reason_nb,
    county.reason_en as county_reason_en,
    country.reason_nb as country_reason_nb,
    country.reason_en as country_reason_en,
    county.data_origin,
    county.stale_since
from indicator_value as county
join indicator on indicator.indicator_id = county.indicator_id
join region on region.region_set = county.region_set and region.region_id = county.region_id
left join country
  on country.indicator_id = county.indicator_id
 and country.period = county.period
where county.is_headline and county.region_level = 'county';
