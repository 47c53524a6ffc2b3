-- Macros for every SQL file of the project: how counts are added and how status is inherited.

-- Sum of counts that are all known. A cell that cannot exist ('M') is left out; any other
-- missing cell makes the sum unknown, never smaller.
create or replace macro sum_known(amount, status) as
    case
        when count(amount) > 0 and count(amount) = count(*) filter (where status <> 'M')
        then sum(amount)
    end;

-- SDMX observation status by severity: suppressed, missing, not collected, cannot exist,
-- estimated, provisional, break, normal.
create or replace macro status_rank(status) as
    coalesce(list_position(['A', 'B', 'P', 'E', 'M', 'L', 'O', 'Q'], status), 1);

create or replace macro worse_status(one, other) as
    case when status_rank(one) >= status_rank(other) then one else other end;

create or replace macro worst_status(status) as arg_max(status, status_rank(status));

-- Ids of all answers behind a group of cells, in order.
create or replace macro vintages(vintage_id) as list_sort(list(distinct cast(vintage_id as varchar)));
