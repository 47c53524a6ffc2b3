-- One row per region x year: employed residents aged 55-66 in the 4th quarter, and employed persons
-- aged 15-74 by place of work and of residence. A region has a figure if all its parts have one.
with older as (
    select
        geo_level, geo_code, period, reference_date,
        case when count(*) = 2 then sum_known(value, obs_status) end as persons,
        vintages(vintage_id) as vintage_ids
    from ssb_07984
    where sex in ('1', '2') and cast(age as varchar) = '55-66'
    group by geo_level, geo_code, period, reference_date
),
places as (
    select
        geo_level, geo_code, period,
        max(value) filter (where measure = 'SysselArbsted') as by_workplace,
        max(value) filter (where measure = 'SysselBosted') as by_residence,
        vintages(vintage_id) as vintage_ids
    from ssb_11618
    where sex = '_T' and age = '15-74'
    group by geo_level, geo_code, period
),
expected as (
    select member.region_set, member.region_id, dates.reference_date, count(*) as parts
    from member
    join (select distinct reference_date from older) as dates
      on (member.valid_from is null or member.valid_from <= dates.reference_date)
     and (member.valid_to is null or dates.reference_date < member.valid_to)
    group by all
)
select
    member.region_set, member.region_id, cast(older.period as integer) as year,
    case when count(older.persons) = max(expected.parts)
        then sum(older.persons * member.weight) end as persons,
    case when count(places.by_workplace) = max(expected.parts)
        then sum(places.by_workplace * member.weight) end as by_workplace,
    case when count(places.by_residence) = max(expected.parts)
        then sum(places.by_residence * member.weight) end as by_residence,
    list_sort(list_distinct(list_concat(
        flatten(list(older.vintage_ids)), flatten(list(coalesce(places.vintage_ids, [])))
    ))) as vintage_ids
from older
join member
  on member.geo_level = older.geo_level
 and member.geo_code = older.geo_code
 and (member.valid_from is null or member.valid_from <= older.reference_date)
 and (member.valid_to is null or older.reference_date < member.valid_to)
join expected
  on expected.region_set = member.region_set
 and expected.region_id = member.region_id
 and expected.reference_date = older.reference_date
left join places
  on places.geo_level = older.geo_level
 and places.geo_code = older.geo_code
 and places.period = older.period
group by member.region_set, member.region_id, older.period
