-- One row per region code and spell in force: municipalities from the crosswalk, counties from
-- their municipalities. Input: municipality_crosswalk. Null = open, as far as KLASS was asked.
select distinct code, valid_from, valid_to
from municipality_crosswalk
union all
select
    substr(code, 1, 2) as code,
    case when bool_or(valid_from is null) then null else min(valid_from) end as valid_from,
    case when bool_or(valid_to is null) then null else max(valid_to) end as valid_to
from municipality_crosswalk
group by substr(code, 1, 2)
