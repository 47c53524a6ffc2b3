-- One row per programme x NUS2000 code whose people stand for it.
--
-- Final education (level 4) where any of its codes has people, else the programme's level 1
-- (level 3); a code above another that is used is left out, since it holds the same people.
with sizes as (
    select nus, sum(under_40) as under_40, max(period) as period, max(vintage_id) as vintage_id
    from education_persons
    group by nus
),
known as (
    select distinct
        areas.programme, areas.nus, sizes.under_40, sizes.period,
        [areas.vintage_id, sizes.vintage_id] as vintage_ids,
        max(left(areas.nus, 1)) over (partition by areas.programme) as used_level
    from programme_area_nus as areas
    join sizes on sizes.nus = areas.nus
    where left(areas.nus, 1) in ('3', '4') and sizes.under_40 > 0
),
used as (
    select *
    from known
    where left(nus, 1) = used_level
      and not exists (
        select 1
        from known as finer
        where finer.programme = known.programme
          and finer.nus <> known.nus
          and starts_with(finer.nus, known.nus)
      )
)
select
    programme, nus, period,
    max(under_40) as under_40,
    list_sort(list_distinct(flatten(list(vintage_ids)))) as vintage_ids
from used
group by programme, nus, period
