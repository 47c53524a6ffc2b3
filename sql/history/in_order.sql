-- The same rows in the order that the file keeps: by key, then by when a version began.
select *
from history
order by columns(* exclude (
    "value", numerator, denominator, obs_status, reason, definition_version, vintage_ids,
    last_publication, first_release, last_release
))
