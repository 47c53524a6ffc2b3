-- as_of(moment): every value as the release that stood at that moment gave it, one row per value.
-- moment: a date ('2026-03-01', counts to its end) or a time; without a zone, both are in UTC. No
-- row comes where no release had been published, or where its figures are no longer kept.
create or replace macro as_of(moment) as table
with asked as (
    select
        case
            when length(said) = 10 then cast(said as timestamp) + interval 1 day
                - interval 1 microsecond
            when regexp_matches(said[11:], '(Z|[+-][0-9:]+)$')
            then make_timestamp(epoch_us(cast(said as timestamptz)))
            else cast(said as timestamp)
        end as until
    from (select cast(moment as varchar) as said)
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
