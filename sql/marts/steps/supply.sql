-- One row per row of the decision table: how many are expected to complete, a year's Vg1 pupils by
-- the share that completed of the newest cohort known then; low and high by the lowest and the
-- highest share of the cohorts known then. No cohort after the reform has been followed to its end.
with pupils as (
    select region_set, region_id, programme, start_year, value, vintage_ids
    from aligned
    where measure = 'pupils_vg1'
),
completed as (
    select region_set, region_id, programme, start_year, value, vintage_ids
    from aligned
    where measure = 'completed_share'
),
cohorts as (
    select offered.region_set, offered.region_id, offered.programme, offered.start_year,
        min(known.value) as lowest, max(known.value) as highest
    from offered
    join dimensioning_measure as known
      on known.offer = offered.offer
     and known.measure = 'completed_share'
     and known.region_set = offered.region_set
     and known.region_id = offered.region_id
     and known.programme = offered.programme
     and cast(left(known.period, 4) as integer)
        <= offered.start_year - (
            select cast(lag as integer)
            from dimensioning_measure_list
            where measure = 'completed_share'
        )
    group by all
)
select
    offered.region_set, offered.region_id, offered.programme, offered.start_year,
    pupils.value * completed.value / 100 as persons,
    pupils.value * cohorts.lowest / 100 as low,
    pupils.value * cohorts.highest / 100 as high,
    list_sort(list_distinct(list_concat(pupils.vintage_ids, completed.vintage_ids))) as vintage_ids
from offered
left join pupils using (region_set, region_id, programme, start_year)
left join completed using (region_set, region_id, programme, start_year)
left join cohorts using (region_set, region_id, programme, start_year)
