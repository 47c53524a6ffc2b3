-- One row per dimension and code that the source's YAML neither lists nor describes.
-- Inputs: code (what the table has), known_code, known_pattern.
select code.dimension, code.code, code.cells, code.vintage_ids
from code
left join known_pattern on known_pattern.dimension = code.dimension
where not coalesce(regexp_full_match(code.code, known_pattern.pattern), false)
  and not exists (
    select 1
    from known_code
    where known_code.dimension = code.dimension and known_code.code = code.code
)
order by all
