-- as_of(moment): every value as the release that stood at that moment gave it, one row per value.
-- moment: a date ('2026-03-01', counts to its end) or a time, both in UTC. No row comes where no
-- release had been published, or where the figures of the one that stood are no longer kept.
create or replace macro as_of(moment) as table
with asked as (
    select
        cast(moment as timestamp)
        + case
            when length(cast(moment as varchar)) = 10
            then interval 1 day - interval 1 microsecond
            else interval 0 second
        end as until
),
stood as (
    select max(release_log.publication) as publication
    from release_log
    cross join asked
    where coalesce(release_log.published_at, release_built_at()) <= asked.until
)
select
    indicator_value_history.* exclude (
        first_publication, last_publication, first_release, last_release
    )
from indicator_value_history
cross join stood
where indicator_value_history.first_publication <= stood.publication
  and coalesce(indicator_value_history.last_publication >= stood.publication, true);
