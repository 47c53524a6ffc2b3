-- One row per indicator x region x period x breakdown: the value, the country's of the same period,
-- and the distance between them. Counts have no distance: a region is always smaller.
--
-- A natural join finds the same cell of the country: what is not part of its key is left out by
-- name, and all breakdown columns remain.
create or replace view distance_to_country as
with region_value as (
    select * exclude (
        definition_version, reference_date, numerator, denominator, published_value,
        source_symbol, series_break, parts, parts_with_figure, missing_share, computed_from,
        interval_method
    )
    from indicator_value
    where region_level <> 'country'
),
country as (
    select
        * exclude (
            definition_version, region_set, region_id, region_level, reference_date, numerator,
            denominator, "value", published_value, unit, decimals, obs_status, source_symbol,
            "lower", "upper", interval_method, series_break, parts, parts_with_figure,
            missing_share, computed_from, reason, reason_nb, reason_en, is_headline, data_origin,
            stale_since, vintage_ids
        ),
        "value" as country_value,
        "lower" as country_lower,
        "upper" as country_upper
    from indicator_value
    where region_level = 'country'
)
select
    *,
    case when unit not in ('persons', 'positions') then "value" - country_value end as distance,
    case when unit not in ('persons', 'positions')
        then case unit when 'percent' then 'percentage points' else unit end
    end as distance_unit,
    case when unit not in ('persons', 'positions')
        then "lower" > country_upper or "upper" < country_lower end as distinguishable
from region_value
natural left join country;
