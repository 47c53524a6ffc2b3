-- One row per region code that has a figure although KLASS did not have it in force that day.
--
-- Inputs: cells (with geo_level, geo_code, reference_date, period, value), code_in_force,
--         coverage (first_date of the code lists).
-- Zero counts as no figure only where the source writes 0 for codes that do not exist
-- (parameter table: zero_means_none, one row).
select
    cells.geo_code,
    min(cells.period) as first_period,
    max(cells.period) as last_period,
    count(*) as cell_count,
    not exists (
        select 1 from code_in_force where code_in_force.code = cells.geo_code
    ) as unknown_code
from cells
cross join zero_means_none
cross join coverage
where cells.geo_level <> 'country'
  and cells.reference_date >= coverage.first_date
  and cells.value is not null
  and not (zero_means_none.flag and cells.value = 0)
  and not exists (
        select 1
        from code_in_force
        where code_in_force.code = cells.geo_code
          and (code_in_force.valid_from is null or code_in_force.valid_from <= cells.reference_date)
          and (code_in_force.valid_to is null or cells.reference_date < code_in_force.valid_to)
   )
group by cells.geo_code
order by cells.geo_code
