-- One row per code x year x sex: employed residents 20-66 in the 4th quarter (07984), over residents
-- 20-66 on the 1 January that follows (07459). Where municipality codes changed between the two
-- days, both are put on the municipalities of today, as the codes of one day are not those of the
-- other; otherwise they stay on the codes of the time.
with shown(part, sex) as (
    values ('1', '1'), ('2', '2'), ('1', '_T'), ('2', '_T')
),
counts as (
    select
        'employed' as what, geo_level, geo_code, cast(period as integer) as year, shown.sex,
        sum_known(value, obs_status) as persons,
        count(*) = 4 * count(distinct shown.part) as complete,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_07984
    join shown on shown.part = ssb_07984.sex
    where age in ('20-24', '25-39', '40-54', '55-66')
    group by all
    union all
    select
        'residents' as what, geo_level, geo_code, cast(period as integer) - 1 as year, shown.sex,
        sum_known(value, obs_status) as persons,
        count(*) = 47 * count(distinct shown.part) as complete,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        vintages(vintage_id) as vintage_ids
    from ssb_07459
    join shown on shown.part = ssb_07459.sex
    where cast(age as varchar) between '020' and '066'
    group by all
),
years as (
    select distinct year from counts where what = 'employed'
),
own as (
    select geo_code, valid_from, valid_to, region_id, weight, apportioned
    from geo_weight
    where geo_level = 'municipality' and region_set = 'municipality'
),
changed as (
    select distinct year, make_date(year, 12, 31) as worked, make_date(year + 1, 1, 1) as lived
    from years
    join own on own.valid_to = make_date(year + 1, 1, 1)
),
still as (
    select
        geo_level, geo_code, year, sex,
        make_date(year, 12, 31) as reference_date,
        max(persons) filter (where what = 'employed' and complete) as numerator,
        max(persons) filter (where what = 'residents' and complete) as denominator,
        worst_status(obs_status) as obs_status,
        max(source_symbol) as source_symbol,
        list_sort(list_distinct(flatten(list(vintage_ids)))) as vintage_ids
    from counts
    where geo_level = 'country' or year not in (select year from changed)
    group by all
),
-- The codes of each of the two days, and the municipality of today that each counts in.
placed as (
    select 'employed' as what, changed.year, own.*
    from changed
    join own
      on (own.valid_from is null or own.valid_from <= changed.worked)
     and (own.valid_to is null or changed.worked < own.valid_to)
    union all
    select 'residents' as what, changed.year, own.*
    from changed
    join own
      on (own.valid_from is null or own.valid_from <= changed.lived)
     and (own.valid_to is null or changed.lived < own.valid_to)
),
found as (
    select
        placed.what, placed.year, placed.region_id, placed.weight, placed.apportioned,
        sexes.sex,
        case when counts.complete then counts.persons end as persons,
        coalesce(counts.obs_status, 'O') as obs_status,
        counts.source_symbol, counts.vintage_ids
    from placed
    cross join (select distinct sex from shown) as sexes
    left join counts
      on counts.what = placed.what
     and counts.year = placed.year
     and counts.geo_code = placed.geo_code
     and counts.sex = sexes.sex
     and counts.geo_level = 'municipality'
),
moved as (
    select
        'municipality' as geo_level, region_id as geo_code, year, sex,
        -- A day on which every code of today is in force.
        coalesce(
            (select max(valid_from) from own where valid_to is null), make_date(year, 12, 31)
        ) as reference_date,
        case when count(*) filter (where what = 'employed' and persons is null) = 0
            then sum(persons * weight) filter (where what = 'employed') end as numerator,
        case when count(*) filter (where what = 'residents' and persons is null) = 0
            then sum(persons * weight) filter (where what = 'residents') end as denominator,
        case when bool_or(apportioned) then worse_status(worst_status(obs_status), 'E')
            else worst_status(obs_status) end as obs_status,
        max(source_symbol) as source_symbol,
        list_sort(list_distinct(flatten(list(vintage_ids)))) as vintage_ids
    from found
    group by region_id, year, sex
)
select
    geo_level, geo_code, cast(year as varchar) as period, 'year' as period_type, reference_date,
    sex, numerator, denominator, obs_status, source_symbol, vintage_ids
from (from still union all by name from moved)
where year in (select year from years)
