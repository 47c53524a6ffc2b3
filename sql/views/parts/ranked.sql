-- How the headline figures of `peer` (region_set, region_id, group_id) rank within their group, and
-- how sure it is: the CTE `result`. Both views of ranks are made of it.
--
-- Rank 1 is the best where the definition has a direction, and the largest where it is neutral.
-- Figures that look alike, rounded as they are shown, have one rank. Two regions whose intervals
-- overlap are not told apart: rank_low and rank_high are the places that a region may have.
placed as (
    select
        indicator_value.indicator_id,
        indicator_value.region_set,
        indicator_value.region_id,
        peer.group_id,
        indicator_value.period,
        indicator_value.value,
        indicator_value.unit,
        indicator_value.decimals,
        indicator_value.obs_status,
        indicator_value.lower,
        indicator_value.upper,
        indicator_value.reason,
        indicator_value.reason_nb,
        indicator_value.reason_en,
        indicator_value.data_origin,
        indicator_value.stale_since,
        indicator.direction,
        -- From worse to better: where lower is better, the axis is turned round.
        case when indicator.direction = 'lower is better' then -1 else 1 end as sign,
        cast(indicator_value.value as decimal(18, 6)) as exact,
        sign * case indicator_value.decimals
            when 0 then cast(round(exact, 0) as double)
            when 1 then cast(round(exact, 1) as double)
            when 2 then cast(round(exact, 2) as double)
            when 3 then cast(round(exact, 3) as double)
            else indicator_value.value
        end as point
    from indicator_value
    join indicator on indicator.indicator_id = indicator_value.indicator_id
    join peer
      on peer.region_set = indicator_value.region_set
     and peer.region_id = indicator_value.region_id
    where indicator_value.is_headline
),
spread as (
    select
        placed.*,
        coalesce(least(sign * placed.lower, sign * placed.upper), point) as worst,
        coalesce(greatest(sign * placed.lower, sign * placed.upper), point) as best
    from placed
),
ranked as (
    select
        spread.*,
        rank() over (
            partition by indicator_id, group_id, period order by point desc nulls last
        ) as place,
        count("value") over (partition by indicator_id, group_id, period) as rank_of,
        lead(best) over next_one as next_best,
        lead("lower") over next_one as next_lower
    from spread
    window next_one as (
        partition by indicator_id, group_id, period order by point desc nulls last, region_id
    )
),
compared as (
    select
        one.indicator_id, one.region_set, one.region_id, one.period,
        count(*) filter (where other.worst > one.best) as surely_before,
        count(*) filter (where other.best < one.worst) as surely_after
    from spread as one
    join spread as other
      on other.indicator_id = one.indicator_id
     and other.group_id = one.group_id
     and other.period = one.period
    where one.value is not null and other.value is not null
    group by all
),
result as (
    select
        ranked.indicator_id,
        indicator.title_nb,
        indicator.title_en,
        ranked.region_set,
        ranked.region_id,
        region.name_nb as region_name_nb,
        region.name_en as region_name_en,
        ranked.group_id,
        ranked.period,
        ranked.value,
        ranked.unit,
        ranked.decimals,
        ranked.obs_status,
        ranked.lower,
        ranked.upper,
        ranked.direction,
        case when ranked.value is not null then ranked.place end as rank,
        ranked.rank_of,
        1 + compared.surely_before as rank_low,
        ranked.rank_of - compared.surely_after as rank_high,
        case
            when ranked.value is null or ranked.next_best is null then null
            when ranked.next_best >= ranked.worst then false
            when ranked.lower is null and ranked.next_lower is null then null
            else true
        end as distinguishable_from_next,
        ranked.reason,
        ranked.reason_nb,
        ranked.reason_en,
        ranked.data_origin,
        ranked.stale_since
    from ranked
    join indicator on indicator.indicator_id = ranked.indicator_id
    join region on region.region_set = ranked.region_set and region.region_id = ranked.region_id
    left join compared
      on compared.indicator_id = ranked.indicator_id
     and compared.region_set = ranked.region_set
     and compared.region_id = ranked.region_id
     and compared.period = ranked.period
)
