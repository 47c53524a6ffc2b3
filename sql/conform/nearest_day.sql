-- One row per cell, placed by the nearest day on which its region code was in force.
--
-- Inputs: cells (geo_level, geo_code, reference_date ...), code_in_force. For series that a
-- source gives on areas of another time (a county that was surveyed before it was in force).
select
    cells.* replace (
        coalesce(
            (
                select arg_min(day, abs(datediff('day', day, cells.reference_date)))
                from (
                    select greatest(
                        least(
                            cells.reference_date,
                            coalesce(code_in_force.valid_to - 1, cells.reference_date)
                        ),
                        coalesce(code_in_force.valid_from, cells.reference_date)
                    ) as day
                    from code_in_force
                    where code_in_force.code = cells.geo_code
                )
            ),
            cells.reference_date
        ) as reference_date
    )
from cells
