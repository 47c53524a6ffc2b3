-- One row: the day whose municipalities everything is conformed to.
-- Left open, it is the newest day that the code list or its changes tell of.
with newest as (
    select max(day) as day
    from (
        select cast(valid_from as date) as day from codes
        union all
        select cast(change_date as date) as day from changes
    )
)

select coalesce(cast(request.target_date as date), newest.day) as target_date
from request
cross join newest
