-- One row per region set x residence region x workplace region x year: employed persons.
--
-- Inputs: ssb_03321 (conformed), geo_weight, region. Only disjoint region sets; what lies
-- outside the set's regions is `_O`, so the rows of a set add up to the whole matrix.
with pairs as (
    select residence_code, workplace_code, period, reference_date, value, obs_status, vintage_id
    from ssb_03321
    where residence_level = 'municipality' and workplace_level = 'municipality'
),
sets as (
    select distinct region_set
    from region
    where region_level = 'municipality' or (region_level = 'region' and disjoint)
),
weights as (
    select geo_weight.*
    from geo_weight
    join sets on sets.region_set = geo_weight.region_set
    where geo_weight.geo_level = 'municipality'
),
-- What of a code lies in no region of the set goes to _O, so nothing is lost.
shares as (
    select region_set, geo_code, valid_from, valid_to, region_id, weight, apportioned from weights
    union all
    select
        sets.region_set, codes.code as geo_code, codes.valid_from, codes.valid_to,
        '_O' as region_id,
        1 - coalesce(sum(weights.weight), 0) as weight,
        coalesce(bool_or(weights.apportioned), false) as apportioned
    from code_in_force as codes
    cross join sets
    left join weights
      on weights.region_set = sets.region_set
     and weights.geo_code = codes.code
     and weights.valid_from is not distinct from codes.valid_from
    where length(codes.code) = 4
    group by all
    having 1 - coalesce(sum(weights.weight), 0) > 1e-9
)
select
    home.region_set,
    home.region_id as residence_region_id,
    work.region_id as workplace_region_id,
    pairs.period,
    sum_known(pairs.value * home.weight * work.weight, pairs.obs_status) as persons,
    case
        when bool_or(home.apportioned or work.apportioned)
            then worse_status(worst_status(pairs.obs_status), 'E')
        else worst_status(pairs.obs_status)
    end as obs_status,
    data_origin.name as data_origin,
    vintages(pairs.vintage_id) as vintage_ids
from pairs
cross join data_origin
join shares as home
  on home.geo_code = pairs.residence_code
 and (home.valid_from is null or home.valid_from <= pairs.reference_date)
 and (home.valid_to is null or pairs.reference_date < home.valid_to)
join shares as work
  on work.geo_code = pairs.workplace_code
 and work.region_set = home.region_set
 and (work.valid_from is null or work.valid_from <= pairs.reference_date)
 and (work.valid_to is null or pairs.reference_date < work.valid_to)
group by home.region_set, home.region_id, work.region_id, pairs.period, data_origin.name
order by home.region_set, home.region_id, work.region_id, pairs.period
