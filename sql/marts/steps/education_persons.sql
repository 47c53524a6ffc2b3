-- One row per NUS2000 code x STYRK-08 code, newest year of each NUS code: people in the country.
--
-- Input: utdanning_education_occupation (raw: conforming leaves out the pseudo codes, which are
-- needed here to tell how many are outside any occupation).
with cells as (
    select nus, styrk08, period, measure, cast(value as double) as value, vintage_id
    from utdanning_education_occupation
),
newest as (
    select nus, max(period) as period
    from cells
    group by nus
)
select
    cells.nus, cells.styrk08, cells.period,
    cells.styrk08 = '0000' or starts_with(cells.styrk08, '999') as outside,
    max(cells.value) filter (where cells.measure = 'antall_40') as under_40,
    max(cells.value) filter (where cells.measure = 'antall_personer') as persons,
    max(cells.vintage_id) as vintage_id
from cells
join newest on newest.nus = cells.nus and newest.period = cells.period
group by all
