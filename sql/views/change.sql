-- One row per indicator x region x period x breakdown x years (1 and 5): the value, the one so many
-- years before, and the change; or the reason why there is none.
--
-- {breakdowns} stands for the breakdown columns of the release (warehouse/database.py).
create or replace view change as
with dated as (
    select
        indicator_value.*,
        try_cast(substr(period, 1, 4) as integer) as first_year,
        case when period_type in ('month', 'quarter') then substr(period, 5) else '' end
            as part_of_year,
        -- The same number at two periods: no border moved in between.
        sum(case when series_break or obs_status = 'B' then 1 else 0 end) over (
            partition by indicator_id, region_set, region_id, period_type order by period
        ) as breaks_so_far
    from indicator_value
),
beside as (
    select
        *,
        first_value({
            'period': period, 'value': "value", 'lower': "lower", 'upper': "upper",
            'breaks': breaks_so_far
        }) over (series range between 1 preceding and 1 preceding) as year_before,
        first_value({
            'period': period, 'value': "value", 'lower': "lower", 'upper': "upper",
            'breaks': breaks_so_far
        }) over (series range between 5 preceding and 5 preceding) as five_years_before
    from dated
    window series as (
        partition by
            indicator_id, region_set, region_id, period_type, part_of_year, {breakdowns}
        order by first_year
    )
),
paired as (
    select
        beside.* exclude (year_before, five_years_before),
        span.years,
        case span.years when 1 then year_before else five_years_before end as earlier
    from beside
    cross join (values (1), (5)) as span(years)
),
compared as (
    select
        paired.* exclude (earlier),
        paired.earlier.period as earlier_period,
        paired.earlier."value" as earlier_value,
        paired.earlier."lower" as earlier_lower,
        paired.earlier."upper" as earlier_upper,
        paired.earlier.breaks as earlier_breaks
    from paired
),
judged as (
    select
        compared.*,
        indicator.aggregation,
        case
            when compared."value" is null then 'no_value'
            when compared.earlier_value is null then 'no_earlier_value'
            when compared.breaks_so_far <> compared.earlier_breaks then 'border_changed'
            when exists (
                select 1
                from indicator_break
                where indicator_break.indicator_id = compared.indicator_id
                  and indicator_break.period > compared.earlier_period
                  and indicator_break.period <= compared.period
            ) then 'break_declared'
        end as no_change_because
    from compared
    join indicator on indicator.indicator_id = compared.indicator_id
)
select
    * exclude (
        definition_version, reference_date, numerator, denominator, published_value,
        source_symbol, interval_method, series_break, parts, parts_with_figure, missing_share,
        computed_from, reason, reason_nb, reason_en, first_year, part_of_year, breaks_so_far,
        earlier_breaks, aggregation, no_change_because
    ),
    case when no_change_because is null then "value" - earlier_value end as change,
    case unit when 'percent' then 'percentage points' else unit end as change_unit,
    case
        when no_change_because is null and unit in ('persons', 'positions')
         and aggregation <> 'flow' and earlier_value > 0
        then 100 * ("value" - earlier_value) / earlier_value
    end as change_pct,
    case when no_change_because is null
        then "lower" > earlier_upper or "upper" < earlier_lower end as distinguishable,
    no_change_because,
    case no_change_because
        when 'no_value' then reason_nb
        when 'no_earlier_value' then 'Det er ingen verdi så mange år før.'
        when 'border_changed' then 'Området eller grensene ble endret i mellomtiden.'
        when 'break_declared' then 'Serien har et kjent brudd i mellomtiden, se indicator_break.'
    end as no_change_because_nb,
    case no_change_because
        when 'no_value' then reason_en
        when 'no_earlier_value' then 'There is no value so many years before.'
        when 'border_changed' then 'The area or its borders changed in between.'
        when 'break_declared' then 'The series has a known break in between, see indicator_break.'
    end as no_change_because_en
from judged;
