-- One row per county or country x survey year x occupation, with `_O` for what the survey counts
-- in its total but lists under no occupation: listed and not listed are the whole.
with unlisted as (
    select
        region_set, region_id, region_level, source_table_id, period, period_type,
        '_O' as occupation,
        case
            when count(*) = count(value)
            then max(value) filter (where occupation = '_T')
                - sum(value) filter (where occupation <> '_T')
        end as value,
        cast(null as double) as lower, cast(null as double) as upper,
        worst_status(obs_status) as obs_status,
        list_sort(list_distinct(flatten(list(vintage_ids)))) as vintage_ids
    from shortage_region
    group by all
    having bool_or(occupation = '_T')
)
select * from shortage_region where occupation <> '_T'
union all by name
select * from unlisted
