-- One row per label of an occupation that neither the code list nor the exceptions know. Without
-- an answer with the code list nothing can be matched, and the occupations are left uncovered.
select label
from nav_label_occupation
where occupation is null and (select count(*) from codes_styrk08) > 0
order by label
