-- Macros for every SQL file of the project: how counts are added, how status is inherited, which
-- counts are small and how sure a share is.

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

-- A count of 1 to 3 persons. A share of a divided municipality may have decimals.
create or replace macro is_small(amount) as amount >= 0.5 and amount < 3.5;

-- Bound of Wilson's 95 per cent interval of a share: side -1 is the lower one, 1 the upper.
create or replace macro wilson_bound(part, whole, side) as
    case when whole > 0 and part between 0 and whole then
        least(1, greatest(0, (
            part / whole + 1.9599639845 ** 2 / (2 * whole)
            + side * 1.9599639845 * sqrt(
                part / whole * (1 - part / whole) / whole + (1.9599639845 / (2 * whole)) ** 2
            )
        ) / (1 + 1.9599639845 ** 2 / whole)))
    end;

-- The level of a source that a region's level is one of: other counties are counties too, and a
-- group of municipalities is put together as a region is.
create or replace macro source_level(region_level) as
    case region_level
        when 'other_county' then 'county'
        when 'centrality_class' then 'region'
        else region_level
    end;

-- Whether a definition can be given for a region of a level. A group is there to compare its members
-- with: what is lower the larger an area is (commuters who leave it, one industry's share of it)
-- would only tell that the group is larger than they are.
create or replace macro depends_on_size(region_level, aggregation, flow) as
    region_level = 'centrality_class'
    and (aggregation = 'index_of_sums' or coalesce(flow in ('out_share', 'in_share'), false));
create or replace macro is_carried(region_level, levels, aggregation, flow) as
    list_contains(levels, source_level(region_level))
    and not depends_on_size(region_level, aggregation, flow);
