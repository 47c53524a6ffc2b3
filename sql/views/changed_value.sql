-- One row per value that this release gives otherwise than the one before it: beside it the
-- earlier value. Empty in the first release, which has nothing to be compared with.
create or replace view changed_value as
with this_release as (
    select max(publication) as publication
    from release_log
    having max(publication) > 1
),
turned as (
    select
        indicator_value_history.* exclude (
            first_publication, last_publication, first_release, last_release
        ),
        indicator_value_history.last_publication is null as is_now
    from indicator_value_history
    join this_release
      on (
            indicator_value_history.first_publication = this_release.publication
            and indicator_value_history.last_publication is null
        )
        or indicator_value_history.last_publication = this_release.publication - 1
),
met as (
    select
        * exclude (
            is_now, "value", numerator, denominator, obs_status, reason, definition_version,
            vintage_ids
        ),
        max("value") filter (where is_now) as new_value,
        max("value") filter (where not is_now) as earlier_value,
        max(obs_status) filter (where is_now) as new_obs_status,
        max(obs_status) filter (where not is_now) as earlier_obs_status,
        max(reason) filter (where is_now) as new_reason,
        max(reason) filter (where not is_now) as earlier_reason,
        max(definition_version) filter (where is_now) as new_definition_version,
        max(definition_version) filter (where not is_now) as earlier_definition_version,
        max(vintage_ids) filter (where is_now) as vintage_ids
    from turned
    group by all
)
select
    case
        when new_value is null and earlier_value is null then 'status'
        when earlier_value is null then 'new'
        when new_value is null then 'gone'
        when new_definition_version <> earlier_definition_version then 'redefined'
        when new_value <> earlier_value then 'revised'
        else 'status'
    end as change,
    *
from met;
