-- One row per region in a county that has asked for it (parameter shortage_in_regions): the share of
-- the county's residents aged 16-66 who live there. No rows where nobody has asked.
with asked as (
    select value
    from dimensioning_parameter
    where parameter = 'shortage_in_regions' and value = 'residents_16_66'
),
newest as (
    select max(period) as period from ssb_07459 where age <> '_T'
),
residents as (
    select
        cells.geo_level, cells.geo_code, cells.reference_date,
        sum_known(cells.value, cells.obs_status) as value,
        max(cells.vintage_id) as vintage_id
    from ssb_07459 as cells
    join newest on newest.period = cells.period
    where cells.sex <> '_T' and try_cast(cells.age as integer) between 16 and 66
    group by all
),
living as (
    select
        member.region_set, member.region_id, member.region_level,
        case when count(residents.value) = count(*)
            then sum(residents.value * member.weight) end as value,
        vintages(residents.vintage_id) as vintage_ids
    from member
    cross join (select distinct reference_date from residents) as dates
    left join residents
      on residents.geo_level = member.geo_level and residents.geo_code = member.geo_code
    where (member.valid_from is null or member.valid_from <= dates.reference_date)
      and (member.valid_to is null or dates.reference_date < member.valid_to)
    group by all
)
select
    living.region_set, living.region_id,
    living.value / county.value as share,
    living.vintage_ids
from living
cross join asked
join region_county
  on region_county.region_set = living.region_set
 and region_county.region_id = living.region_id
join living as county
  on county.region_level = 'county' and county.region_id = region_county.county_id
where living.region_level = 'region' and county.value > 0 and living.value is not null
