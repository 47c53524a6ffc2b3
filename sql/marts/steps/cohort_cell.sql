-- One row per code of the time x alternative x year in which people turn 16: persons.
--
-- Who turns 16 in a year is 15 on 1 January of it, and 16 on 1 January a year later. `observed` are
-- those already born: by the newest population figures, and in years before that by those of the
-- year itself. The projection's alternatives also count who will move in and out.
with newest as (
    select max(period) as period from ssb_07459 where age <> '_T'
),
observed as (
    select
        cells.geo_level, cells.geo_code, cells.reference_date, cells.period,
        'observed' as alternative,
        cast(cells.period as integer) + 15 - cast(cells.age as integer) as cohort_year,
        case
            when bool_or(cells.sex = '_T') then max(cells.value) filter (where cells.sex = '_T')
            else sum_known(cells.value, cells.obs_status)
        end as value,
        worst_status(cells.obs_status) as obs_status,
        vintages(cells.vintage_id) as vintage_ids
    from ssb_07459 as cells
    cross join newest
    where cells.age = '015'
       or (cells.period = newest.period and try_cast(cells.age as integer) between 0 and 14)
    group by all
),
projected as (
    select
        geo_level, geo_code, reference_date, period,
        case measure when 'Personer' then 'main' when 'Personer1' then 'low'
            when 'Personer2' then 'high' end as alternative,
        cast(period as integer) - 1 as cohort_year,
        case
            when bool_or(sex = '_T') then max(value) filter (where sex = '_T')
            else sum_known(value, obs_status)
        end as value,
        worst_status(obs_status) as obs_status,
        vintages(vintage_id) as vintage_ids
    from ssb_14746_ages
    where age = '016' and measure in ('Personer', 'Personer1', 'Personer2')
    group by all
)
select * from observed
union all by name
select * from projected
