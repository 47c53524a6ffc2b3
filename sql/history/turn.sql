-- One row per value key x version of the value, after one more publication: a version that is told
-- again stands on, one that is not told ended with the publication before, a new one begins.
-- Which answer a figure came from is no part of the version: a source that repeats a figure under
-- a new stamp has not changed it, so the answers that said it first are kept. In order of the key.
with told as (
    select *, null::integer as first_publication, null::varchar as first_release
    from shown
),
standing as (
    select * exclude (last_publication, last_release)
    from history
    where last_publication is null
),
met as (
    select
        * exclude (vintage_ids, first_publication, first_release),
        bool_or(first_publication is null) as is_told,
        max(first_publication) as first_publication,
        max(first_release) as first_release,
        coalesce(
            max(vintage_ids) filter (where first_publication is not null), max(vintage_ids)
        ) as vintage_ids
    from (from standing union all by name from told)
    group by all
),
turned as (
    select
        met.* exclude (is_told, first_publication, first_release),
        coalesce(met.first_publication, publication.number) as first_publication,
        case when not met.is_told then publication.number - 1 end as last_publication,
        coalesce(met.first_release, publication.release_id) as first_release,
        case when not met.is_told then publication.release_before end as last_release
    from met
    cross join publication
    union all by name
    from history
    where last_publication is not null
)
select *
from turned
order by columns(* exclude (
    "value", numerator, denominator, obs_status, reason, definition_version, vintage_ids,
    last_publication, first_release, last_release
))
