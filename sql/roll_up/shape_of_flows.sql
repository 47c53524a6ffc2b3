-- No rows: the columns that the SQL of a commuting indicator gives.
select
    cast(null as varchar) as residence_code,
    cast(null as varchar) as workplace_code,
    cast(null as varchar) as period,
    cast(null as varchar) as period_type,
    cast(null as date) as reference_date,
    cast(null as double) as persons,
    cast(null as varchar) as obs_status,
    cast(null as varchar) as source_symbol,
    cast(null as varchar[]) as vintage_ids
where false
