-- One row per row of the decision table x measure: the figure of the period that belongs to it, or
-- the reason for none.
--
-- A measure belongs to a row by its start year less `lag`: the same year (`exact`), or the newest
-- that is not later (`newest`). Of several counts in one period the last is taken.
with wanted as (
    select
        offered.*, listed.measure, listed.part, listed.kind, listed.by_programme,
        listed.lowest_level, listed.match, listed.blank_reason,
        offered.start_year - cast(listed.lag as integer) as target_year,
        listed.applies_to = 'all' or offered.programme_type in ('vocational', 'all') as applies
    from offered
    join dimensioning_measure_list as listed on listed.offer = offered.offer
),
candidates as (
    select
        wanted.region_set, wanted.region_id, wanted.programme, wanted.start_year, wanted.measure,
        found.period, found.value, found.lower, found.upper, found.obs_status, found.evidence,
        found.context_value, found.context_lower, found.context_upper, found.reason,
        found.warning_nb, found.warning_en, found.vintage_ids
    from wanted
    join dimensioning_measure as found
      on found.offer = wanted.offer
     and found.measure = wanted.measure
     and found.region_set = wanted.region_set
     and found.region_id = wanted.region_id
     and found.programme = wanted.programme
    where wanted.applies
      and case wanted.match
        when 'exact' then cast(left(found.period, 4) as integer) = wanted.target_year
        else cast(left(found.period, 4) as integer) <= wanted.target_year
      end
    qualify row_number() over (
        partition by wanted.region_set, wanted.region_id, wanted.programme, wanted.start_year,
            wanted.measure
        order by
            coalesce(found.value, found.context_value) is null,
            found.period desc, found.variant desc
    ) = 1
),
answered as (
    select distinct offer, measure from dimensioning_measure
)
select
    wanted.offer, wanted.region_set, wanted.region_id, wanted.region_level,
    wanted.programme, wanted.start_year, wanted.measure, wanted.part,
    chosen.period, chosen.value, chosen.lower, chosen.upper, chosen.obs_status, chosen.evidence,
    chosen.context_value, chosen.context_lower, chosen.context_upper,
    chosen.warning_nb, chosen.warning_en, chosen.vintage_ids,
    case
        when chosen.value is not null then null
        when not wanted.applies then 'not_vocational'
        when wanted.kind = 'unknown' then wanted.blank_reason
        when wanted.by_programme = 'no' and wanted.programme <> '_T' then 'not_by_programme'
        when chosen.reason is not null then chosen.reason
        when answered.measure is null then 'no_answer'
        when wanted.region_level = 'region' and wanted.lowest_level in ('county', 'country')
            then wanted.blank_reason
        when wanted.region_level = 'county' and wanted.lowest_level = 'country'
            then wanted.blank_reason
        else 'not_in_period'
    end as reason
from wanted
left join candidates as chosen
  on chosen.region_set = wanted.region_set
 and chosen.region_id = wanted.region_id
 and chosen.programme = wanted.programme
 and chosen.start_year = wanted.start_year
 and chosen.measure = wanted.measure
left join answered
  on answered.offer = wanted.offer and answered.measure = wanted.measure
