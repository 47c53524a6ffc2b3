-- One row per cell whose region code was in force on its reference date.
--
-- Inputs:  cells (translated table with geo_level, geo_code, reference_date),
--          code_in_force (code, valid_from, valid_to; counties from their municipalities).
-- A code that was not in force has no figure: sources write '.' or 0 there, and neither may
-- reach a sum; a figure that would be lost so is refused by outside_code_lists.sql.
select cells.*
from cells
where cells.geo_level = 'country'
   or exists (
        select 1
        from code_in_force
        where code_in_force.code = cells.geo_code
          and (code_in_force.valid_from is null or code_in_force.valid_from <= cells.reference_date)
          and (code_in_force.valid_to is null or cells.reference_date < code_in_force.valid_to)
   )
