-- One row per indicator x region: the newest value in the breakdown that the definition shows
-- first, with the names that a reader needs.
create or replace view headline_value as
with shown as (
    select
        pairs.indicator_id,
        string_agg(indicator_breakdown.label_nb, ', ' order by pairs.pair) as breakdown_nb,
        string_agg(indicator_breakdown.label_en, ', ' order by pairs.pair) as breakdown_en
    from (
        select indicator_id, unnest(string_split(headline, ', ')) as pair
        from indicator
    ) as pairs
    join indicator_breakdown
      on indicator_breakdown.indicator_id = pairs.indicator_id
     and indicator_breakdown.breakdown || '=' || indicator_breakdown.code = pairs.pair
    where indicator_breakdown.code <> '_T'
    group by pairs.indicator_id
)
select
    indicator.theme,
    newest_value.indicator_id,
    indicator.title_nb,
    indicator.title_en,
    shown.breakdown_nb,
    shown.breakdown_en,
    newest_value.region_set,
    newest_value.region_id,
    newest_value.region_level,
    region.name_nb as region_name_nb,
    region.name_en as region_name_en,
    newest_value.period,
    newest_value.value,
    newest_value.unit,
    newest_value.decimals,
    newest_value.obs_status,
    newest_value.lower,
    newest_value.upper,
    newest_value.interval_method,
    newest_value.reason,
    newest_value.reason_nb,
    newest_value.reason_en,
    newest_value.data_origin,
    newest_value.stale_since
from newest_value
join indicator on indicator.indicator_id = newest_value.indicator_id
join region
  on region.region_set = newest_value.region_set
 and region.region_id = newest_value.region_id
left join shown on shown.indicator_id = newest_value.indicator_id
where newest_value.is_headline;
