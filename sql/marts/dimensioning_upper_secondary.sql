-- One row per county, region or the country x programme x school year: what a decision on the number
-- of places needs, each part with its evidence and each blank with its reason.
--
-- Made from dimensioning_measure alone (aligned.sql says which period belongs to a school year). Age
-- groups are of all programmes together. Nothing here is added over regions or programmes.
with wide as (
    select
        region_set, region_id, programme, start_year,
        max(value) filter (where measure = 'applicants') as applicants_persons,
        max(reason) filter (where measure = 'applicants') as applicants_reason,
        max(value) filter (where measure = 'applicants_school') as applicants_school_persons,
        max(reason) filter (where measure = 'applicants_school') as applicants_school_reason,
        max(value) filter (where measure = 'pupils_vg1') as pupils_vg1_persons,
        max(reason) filter (where measure = 'pupils_vg1') as pupils_vg1_reason,
        max(value) filter (where measure = 'pupils_vg2') as pupils_vg2_persons,
        max(reason) filter (where measure = 'pupils_vg2') as pupils_vg2_reason,
        max(value) filter (where measure = 'pupils_vg3') as pupils_vg3_persons,
        max(reason) filter (where measure = 'pupils_vg3') as pupils_vg3_reason,
        max(value) filter (where measure = 'apprenticeship_applicants') as apprenticeship_applicants_persons,
        max(reason) filter (where measure = 'apprenticeship_applicants') as apprenticeship_applicants_reason,
        max(value) filter (where measure = 'apprenticeship_placed') as apprenticeship_placed_persons,
        max(reason) filter (where measure = 'apprenticeship_placed') as apprenticeship_placed_reason,
        max(value) filter (where measure = 'apprenticeship_placed_share') as apprenticeship_placed_share_pct,
        max(reason) filter (where measure = 'apprenticeship_placed_share') as apprenticeship_placed_share_reason,
        max(value) filter (where measure = 'apprentice_contracts') as apprentice_contracts_persons,
        max(reason) filter (where measure = 'apprentice_contracts') as apprentice_contracts_reason,
        max(value) filter (where measure = 'completed_share') as completed_share_pct,
        max(reason) filter (where measure = 'completed_share') as completed_share_reason,
        max(value) filter (where measure = 'leavers') as leavers_persons,
        max(reason) filter (where measure = 'leavers') as leavers_reason,
        max(value) filter (where measure = 'leavers_share') as leavers_share_pct,
        max(reason) filter (where measure = 'leavers_share') as leavers_share_reason,
        max(value) filter (where measure = 'trade_certificate_share') as trade_certificate_share_pct,
        max(reason) filter (where measure = 'trade_certificate_share') as trade_certificate_share_reason,
        max(value) filter (where measure = 'shortage') as shortage_persons,
        max(reason) filter (where measure = 'shortage') as shortage_reason,
        max(value) filter (where measure = 'shortage_education_asked') as shortage_education_asked_persons,
        max(reason) filter (where measure = 'shortage_education_asked') as shortage_education_asked_reason,
        max(value) filter (where measure = 'employed_with_education') as employed_with_education_persons,
        max(reason) filter (where measure = 'employed_with_education') as employed_with_education_reason,
        max(value) filter (where measure = 'employed_in_occupations') as employed_in_occupations_persons,
        max(reason) filter (where measure = 'employed_in_occupations') as employed_in_occupations_reason,
        max(value) filter (where measure = 'retirements') as retirements_persons,
        max(reason) filter (where measure = 'retirements') as retirements_reason,
        max(value) filter (where measure = 'unemployed') as unemployed_persons,
        max(reason) filter (where measure = 'unemployed') as unemployed_reason,
        max(period) filter (where measure = 'completed_share') as completed_cohort,
        max(period) filter (where measure = 'trade_certificate_share') as trade_certificate_cohort,
        max(period) filter (where measure = 'leavers_share') as leavers_school_year,
        max(period) filter (where measure = 'shortage') as shortage_year,
        max(period) filter (where measure = 'employed_with_education') as employed_year,
        max(evidence) filter (where measure = 'applicants') as applicants_evidence,
        max(evidence) filter (where measure = 'pupils_vg1') as pupils_evidence,
        max(evidence) filter (where measure = 'apprentice_contracts') as apprenticeship_evidence,
        max(evidence) filter (where measure = 'completed_share') as completed_evidence,
        max(evidence) filter (where measure = 'leavers_share') as leavers_evidence,
        max(evidence) filter (where measure = 'trade_certificate_share') as trade_certificate_evidence,
        max(evidence) filter (where measure = 'shortage') as shortage_evidence,
        max(evidence) filter (where measure = 'shortage_education_asked') as shortage_education_asked_evidence,
        max(evidence) filter (where measure = 'employed_with_education') as employed_evidence,
        max(lower) filter (where measure = 'shortage') as shortage_lower_persons,
        max(upper) filter (where measure = 'shortage') as shortage_upper_persons,
        max(context_value) filter (where measure = 'shortage') as county_shortage_persons,
        max(context_lower) filter (where measure = 'shortage') as county_shortage_lower_persons,
        max(context_upper) filter (where measure = 'shortage') as county_shortage_upper_persons,
        string_agg(distinct warning_nb, ' ' order by warning_nb) as warnings_nb,
        string_agg(distinct warning_en, ' ' order by warning_en) as warnings_en,
        list_sort(list_distinct(flatten(list(coalesce(vintage_ids, []))))) as vintage_ids
    from aligned
    group by region_set, region_id, programme, start_year
),
derived as (
    select
        wide.region_set, wide.region_id, wide.programme, wide.start_year,
        -- Places are in no source: pupils stand for them, of all levels as applicants are.
        case when pupils > 0 then wide.applicants_school_persons / pupils end
            as applicants_per_pupil,
        case when wide.applicants_school_persons is null or coalesce(pupils, 0) = 0
            then coalesce(wide.applicants_school_reason, wide.pupils_vg1_reason, 'part_missing') end
            as applicants_per_pupil_reason,
        case when cohort_ahead.observed_0 > 0
            then 100 * (cohort_ahead.main_10 - cohort_ahead.observed_0) / cohort_ahead.observed_0
        end as cohort_change_10_years_pct,
        case when cohort_ahead.observed_0 is null then coalesce(cohort_ahead.reason,
            case when (select count(*) from cohort_ahead) = 0 then 'no_answer' else 'before_base' end
        ) end as cohort_reason,
        case when cohort_ahead.observed_0 is null then null
            when cohort_ahead.main_10 is null then 'measured here' else 'assumption' end
            as cohort_evidence,
        case when supply.persons is not null then null
            when wide.pupils_vg1_persons is null then wide.pupils_vg1_reason
            when wide.completed_share_reason = 'not_in_period' then 'no_completed_cohort'
            else coalesce(wide.completed_share_reason, 'part_missing') end
            as expected_newly_qualified_reason,
        case when supply.persons is not null then 'assumption' end as supply_evidence,
        supply.persons - wide.shortage_persons as supply_less_shortage_persons,
        supply.low - wide.shortage_upper_persons as supply_less_shortage_low_persons,
        supply.high - wide.shortage_lower_persons as supply_less_shortage_high_persons,
        case when wide.shortage_persons is null then wide.shortage_reason
            when supply.persons is null then 'part_missing' end as supply_less_shortage_reason,
        case when wide.shortage_persons is not null and supply.persons is not null
            and wide.shortage_lower_persons is null then 'no_interval' end
            as supply_less_shortage_range_reason,
        supply.persons - wide.shortage_persons - wide.retirements_persons
            as supply_less_demand_persons,
        coalesce(wide.retirements_reason, wide.shortage_reason,
            case when supply.persons is null then 'part_missing' end) as supply_less_demand_reason
    from (
        select *, pupils_vg1_persons + pupils_vg2_persons + pupils_vg3_persons as pupils from wide
    ) as wide
    left join supply using (region_set, region_id, programme, start_year)
    left join cohort_ahead using (region_set, region_id, start_year)
)
select
    offered.region_set,
    offered.region_id,
    offered.region_level,
    offered.county_id,
    offered.programme,
    listed.title_nb as programme_nb,
    listed.title_en as programme_en,
    offered.programme_type,
    offered.school_year,
    'school_year' as period_type,
    coalesce(offered.start_year = cast(listed.break_year as integer), false) as series_break,
    wide.applicants_persons,
    wide.applicants_reason,
    wide.applicants_school_persons,
    wide.applicants_school_reason,
    wide.applicants_evidence,
    wide.pupils_vg1_persons,
    wide.pupils_vg1_reason,
    wide.pupils_vg2_persons,
    wide.pupils_vg2_reason,
    wide.pupils_vg3_persons,
    wide.pupils_vg3_reason,
    wide.pupils_evidence,
    derived.applicants_per_pupil,
    derived.applicants_per_pupil_reason,
    wide.apprenticeship_applicants_persons,
    wide.apprenticeship_applicants_reason,
    wide.apprenticeship_placed_persons,
    wide.apprenticeship_placed_reason,
    wide.apprenticeship_placed_share_pct,
    wide.apprenticeship_placed_share_reason,
    wide.apprentice_contracts_persons,
    wide.apprentice_contracts_reason,
    wide.apprenticeship_evidence,
    wide.completed_share_pct,
    wide.completed_share_reason,
    wide.completed_cohort,
    wide.completed_evidence,
    wide.leavers_persons,
    wide.leavers_reason,
    wide.leavers_share_pct,
    wide.leavers_share_reason,
    wide.leavers_school_year,
    wide.leavers_evidence,
    wide.trade_certificate_share_pct,
    wide.trade_certificate_share_reason,
    wide.trade_certificate_cohort,
    wide.trade_certificate_evidence,
    cohort_ahead.observed_0 as cohort_16_persons,
    cohort_ahead.observed_5 as cohort_16_in_5_years_observed_persons,
    cohort_ahead.low_5 as cohort_16_in_5_years_low_persons,
    cohort_ahead.main_5 as cohort_16_in_5_years_main_persons,
    cohort_ahead.high_5 as cohort_16_in_5_years_high_persons,
    cohort_ahead.observed_10 as cohort_16_in_10_years_observed_persons,
    cohort_ahead.low_10 as cohort_16_in_10_years_low_persons,
    cohort_ahead.main_10 as cohort_16_in_10_years_main_persons,
    cohort_ahead.high_10 as cohort_16_in_10_years_high_persons,
    cohort_ahead.observed_15 as cohort_16_in_15_years_observed_persons,
    cohort_ahead.low_15 as cohort_16_in_15_years_low_persons,
    cohort_ahead.main_15 as cohort_16_in_15_years_main_persons,
    cohort_ahead.high_15 as cohort_16_in_15_years_high_persons,
    derived.cohort_change_10_years_pct,
    derived.cohort_reason,
    derived.cohort_evidence,
    wide.shortage_persons,
    wide.shortage_lower_persons,
    wide.shortage_upper_persons,
    wide.shortage_reason,
    wide.shortage_year,
    wide.shortage_evidence,
    wide.county_shortage_persons,
    wide.county_shortage_lower_persons,
    wide.county_shortage_upper_persons,
    wide.shortage_education_asked_persons,
    wide.shortage_education_asked_reason,
    wide.shortage_education_asked_evidence,
    wide.employed_with_education_persons,
    wide.employed_with_education_reason,
    wide.employed_year,
    wide.employed_evidence,
    wide.employed_in_occupations_persons,
    wide.employed_in_occupations_reason,
    wide.retirements_persons,
    wide.retirements_reason,
    wide.unemployed_persons,
    wide.unemployed_reason,
    supply.persons as expected_newly_qualified_persons,
    supply.low as expected_newly_qualified_low_persons,
    supply.high as expected_newly_qualified_high_persons,
    derived.expected_newly_qualified_reason,
    derived.supply_evidence,
    derived.supply_less_shortage_persons,
    derived.supply_less_shortage_low_persons,
    derived.supply_less_shortage_high_persons,
    derived.supply_less_shortage_reason,
    derived.supply_less_shortage_range_reason,
    derived.supply_less_demand_persons,
    derived.supply_less_demand_reason,
    wide.warnings_nb,
    wide.warnings_en,
    data_origin.name as data_origin,
    list_sort(list_distinct(list_concat(
        wide.vintage_ids, coalesce(cohort_ahead.vintage_ids, [])
    ))) as vintage_ids
from offered
cross join data_origin
join wide using (region_set, region_id, programme, start_year)
join derived using (region_set, region_id, programme, start_year)
left join supply using (region_set, region_id, programme, start_year)
left join cohort_ahead using (region_set, region_id, start_year)
join programme as listed on listed.programme = offered.programme
order by
    offered.region_set, offered.region_id, offered.school_year, offered.programme
