-- One row per municipality of today x period of SSB's back-cast list: what it says, what our own
-- sum says, and whether the two agree.
--
-- Inputs: theirs (geo_code of today, period, cell, value), ours (geo_code of the time, period,
--         cell, reference_date, value; no rows where we have no other count), geo_weight, left_out
--         (codes that SSB's list leaves to its rest, or puts on another municipality).
-- A municipality that took in a code of left_out lacks it there, which is known. Theirs knows no
-- shares, so a divided municipality may differ too.
with members as (
    select region_id as geo_code, geo_weight.geo_code as part, weight, apportioned,
        valid_from, valid_to
    from geo_weight
    where region_set = 'municipality' and geo_level = 'municipality'
),
-- Changes happen on 1 January, so any other day tells which codes a year had.
made_of as (
    select
        years.geo_code, years.period,
        count(*) as parts,
        bool_or(members.apportioned) as apportioned,
        bool_or(left_out.code is not null) as left_out
    from (select distinct geo_code, period from theirs) as years
    join members
      on members.geo_code = years.geo_code
     and (members.valid_from is null
          or members.valid_from <= make_date(cast(years.period as integer), 6, 30))
     and (members.valid_to is null
          or make_date(cast(years.period as integer), 6, 30) < members.valid_to)
    left join left_out on left_out.code = members.part
    group by all
),
summed as (
    select
        members.geo_code, ours.period, ours.cell,
        count(ours.value) as parts_known,
        sum(ours.value * members.weight) as value
    from ours
    join members
      on members.part = ours.geo_code
     and (members.valid_from is null or members.valid_from <= ours.reference_date)
     and (members.valid_to is null or ours.reference_date < members.valid_to)
    group by all
),
side_by_side as (
    select
        theirs.geo_code, theirs.period, made_of.left_out, made_of.apportioned,
        coalesce(theirs.value, 0) as their_value,
        case when summed.parts_known = made_of.parts then summed.value end as our_value
    from theirs
    join made_of on made_of.geo_code = theirs.geo_code and made_of.period = theirs.period
    left join summed
      on summed.geo_code = theirs.geo_code
     and summed.period = theirs.period
     and summed.cell = theirs.cell
),
totals as (
    select
        geo_code, period, left_out, apportioned,
        count(*) as cells,
        count(our_value) as cells_known,
        count(*) filter (where abs(our_value - their_value) <= 1e-6) as cells_equal,
        sum(their_value) as their_total,
        sum(our_value) as our_total
    from side_by_side
    group by all
)
select
    geo_code, period, cells, cells_equal, their_total,
    case when cells_known = cells then our_total end as our_total,
    case
        when cells_known = cells and cells_equal = cells then 'equal'
        when their_total = 0 and left_out then 'known hole'
        when their_total = 0 then 'hole'
        when cells_known < cells then 'nothing to compare with'
        when left_out then 'known difference'
        when apportioned then 'divided'
        else 'different'
    end as verdict
from totals
order by geo_code, period
