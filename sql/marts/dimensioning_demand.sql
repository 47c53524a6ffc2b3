-- One row per county or country x survey year x occupation x programme that its shortage is divided
-- over; `_N` is the part that no programme leads to. The parts of an occupation add up to it.
with whole as (
    select *, 'measured here' as evidence,
        case when lower is not null then 'source_95' end as interval_method
    from shortage_whole
    union all by name
    select *, 'national pattern applied' as evidence,
        case when lower is not null then 'scaled_county_interval' end as interval_method
    from shortage_pattern
),
link as (
    select origin_code as occupation, target_code as programme, weight, reason, vintage_ids
    from dimensioning_crosswalk
    where origin_scheme = 'STYRK-08' and target_scheme = 'programme'
),
divided as (
    select
        whole.*,
        coalesce(link.programme, '_N') as programme,
        coalesce(link.weight, 1) as weight,
        case
            when whole.occupation = '_O' then 'occupation_not_listed'
            when link.programme is null then 'no_crosswalk'
            else link.reason
        end as part_reason,
        list_sort(list_distinct(list_concat(
            whole.vintage_ids, coalesce(link.vintage_ids, [])
        ))) as all_vintages
    from whole
    left join link on link.occupation = whole.occupation
)
select
    divided.region_set, divided.region_id, divided.region_level,
    divided.source_table_id, divided.period, divided.period_type,
    divided.occupation, divided.programme,
    divided.weight,
    divided.value as occupation_shortage_persons,
    divided.lower as occupation_lower_persons,
    divided.upper as occupation_upper_persons,
    divided.value * divided.weight as shortage_persons,
    divided.lower * divided.weight as lower_persons,
    divided.upper * divided.weight as upper_persons,
    divided.interval_method,
    divided.obs_status,
    divided.evidence,
    divided.part_reason as reason,
    dimensioning_reason.nb as reason_nb,
    dimensioning_reason.en as reason_en,
    data_origin.name as data_origin,
    divided.all_vintages as vintage_ids
from divided
cross join data_origin
left join dimensioning_reason on dimensioning_reason.code = divided.part_reason
order by
    divided.region_set, divided.region_id, divided.source_table_id, divided.period,
    divided.occupation, divided.programme
