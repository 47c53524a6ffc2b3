-- One row per measure x code of the time x programme x period, as the source has it: counts with
-- their base where there is one, else the source's own share. Nothing is put together here.
--
-- variant tells apart figures of one measure and period: the month of counting (08, 10, 12), or the
-- years after the start.
with people as (
    select 'upper_secondary' as offer,
        case applied_for when '_T' then 'applicants' when 'school' then 'applicants_school'
            else 'apprenticeship_applicants' end as measure,
        programme, '_T' as variant, geo_level, geo_code, period, period_type, reference_date,
        value as numerator, obs_status, vintage_id, 'udir/applicants_programme' as source_table_id
    from udir_applicants_programme
    where sex = '_T' and measure = 'Antall søkere'
    union all
    select 'upper_secondary', 'pupils_' || lower(stage),
        programme, '_T', geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, vintage_id, 'udir/pupils_programme_level'
    from udir_pupils_programme_level
    where measure = 'Antall elever'
    union all
    select 'upper_secondary', 'apprentice_contracts',
        programme, '_T', geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, vintage_id, 'udir/apprentice_contracts'
    from udir_apprentice_contracts
    where sex = '_T' and measure = 'Løpende kontrakter'
    union all
    select 'upper_secondary', 'leavers',
        programme, '_T', geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, vintage_id, 'udir/leavers_county'
    from udir_leavers_county
    where sex = '_T' and measure = 'Antall sluttet'
    union all
    select 'fagskole', 'residents_with_fagskole',
        '_T', '_T', geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, vintage_id, 'ssb/09429'
    from ssb_09429
    -- The level is not told apart before 2016: 0 there is not nobody.
    where sex = '_T' and measure = 'Personer' and education_level = '11' and period >= '2016'
),
-- Cells of which several make one figure: what is not known in one is not known in their sum.
sums as (
    select 'fagskole' as offer, 'students' as measure,
        '_T' as programme, '_T' as variant, 'country' as geo_level, '0' as geo_code,
        period, period_type, max(reference_date) as reference_date,
        sum_known(value, obs_status) as numerator, worst_status(obs_status) as obs_status,
        max(vintage_id) as vintage_id, 'dbh/fagskole_students' as source_table_id
    from dbh_fagskole_students
    where sex = '_T' and semester = '3'
    group by period, period_type
    union all
    select 'fagskole', 'applicants',
        '_T', '_T', 'country', '0', period, period_type, max(reference_date),
        sum_known(value, obs_status), worst_status(obs_status),
        max(vintage_id), 'dbh/fagskole_applicants'
    from dbh_fagskole_applicants
    where sex = '_T' and semester = '3'
    group by period, period_type
    union all
    select 'upper_secondary', 'employed_with_education',
        basis.programme, '_T', 'country', '0', people.period, 'year',
        make_date(cast(people.period as integer), 10, 1),
        sum_known(people.persons, case when people.persons is null then 'O' else 'A' end), 'A',
        max(people.vintage_id), 'utdanning/education_occupation'
    from education_persons as people
    join programme_nus as basis on basis.nus = people.nus
    where not people.outside
    group by basis.programme, people.period
    union all
    select 'upper_secondary', 'shortage_education_asked',
        field.programme, '_T', 'country', '0', asked.period, asked.period_type,
        max(asked.reference_date),
        sum_known(asked.value, asked.obs_status), worst_status(asked.obs_status),
        max(asked.vintage_id), 'nav/survey_education'
    from nav_survey_education as asked
    join survey_field as field on field.education_field = asked.education_field
    where asked.measure = 'shortage' and field.programme <> '_N'
      and asked.education_level = 'Videregående, fag- og yrkesopplæring'
    group by field.programme, asked.period, asked.period_type
),
shares as (
    select 'upper_secondary' as offer, 'completed_share' as measure,
        programme, '_T' as variant, geo_level, geo_code, period, period_type, reference_date,
        max(value) filter (where measure = 'Teller') as numerator,
        max(value) filter (where measure = 'Nevner') as denominator,
        max(value) filter (where measure = 'Prosent') as published,
        coalesce(
            max(obs_status) filter (where measure = 'Prosent'), worst_status(obs_status)
        ) as obs_status,
        max(vintage_id) as vintage_id, 'udir/completion_programme' as source_table_id
    from udir_completion_programme
    where sex = '_T' and completion = '25.201'
    group by all
    union all
    select 'upper_secondary', 'leavers_share',
        programme, '_T', geo_level, geo_code, period, period_type, reference_date,
        max(value) filter (where measure = 'Antall sluttet'),
        max(value) filter (where measure = 'Antall elever'),
        max(value) filter (where measure = 'Andel sluttet'),
        worst_status(obs_status),
        max(vintage_id), 'udir/leavers_county'
    from udir_leavers_county
    where sex = '_T'
    group by all
),
published as (
    select 'upper_secondary' as offer, 'apprenticeship_placed_share' as measure,
        programme, counted_in as variant, geo_level, geo_code, period, period_type, reference_date,
        value as published, obs_status, vintage_id,
        'udir/apprenticeship_placement' as source_table_id
    from udir_apprenticeship_placement
    where sex = '_T' and measure = 'Andel kontrakter'
    union all
    select 'upper_secondary', 'trade_certificate_share',
        programme, years_after, geo_level, geo_code, period, period_type, reference_date,
        value, obs_status, vintage_id, 'udir/trade_certificates'
    from udir_trade_certificates
    where apprentice_status = 'FS' and measure = 'Andel personer'
),
cells as (
    select * from people
    union all by name select * from sums
    union all by name select * from shares
    union all by name select * from published
)
select
    cells.offer, cells.measure, cells.programme, cells.variant,
    cells.geo_level, cells.geo_code, cells.period, cells.period_type, cells.reference_date,
    cells.numerator, cells.denominator, cells.published,
    cells.obs_status, cells.vintage_id, cells.source_table_id
from cells
where exists (select 1 from programme where programme.programme = cells.programme)
