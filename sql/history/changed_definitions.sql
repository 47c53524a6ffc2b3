-- One row per indicator that came, went, or is defined otherwise.
select
    coalesce(later.indicator_id, earlier.indicator_id) as indicator_id,
    coalesce(later.title_nb, earlier.title_nb) as title_nb,
    coalesce(later.title_en, earlier.title_en) as title_en,
    earlier.definition_version as earlier_version,
    later.definition_version as later_version
from later
full join earlier on earlier.indicator_id = later.indicator_id
where earlier.definition_version is distinct from later.definition_version
order by all
