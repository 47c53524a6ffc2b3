-- No rows: the columns that the SQL of an index may give. What it leaves out is null.
-- numerator: the part; denominator: the whole, the same for every part.
select
    cast(null as varchar) as geo_level,
    cast(null as varchar) as geo_code,
    cast(null as varchar) as period,
    cast(null as varchar) as period_type,
    cast(null as date) as reference_date,
    cast(null as varchar) as part,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    cast(null as double) as published,
    cast(null as double) as lower,
    cast(null as double) as upper,
    cast(null as varchar) as obs_status,
    cast(null as varchar) as source_symbol,
    cast(null as varchar[]) as vintage_ids
where false
