-- One row per answer whose figures are of the other kind: made up in a run on real ones, or real
-- in a run on made-up ones. Inputs: answer, expected.
select answer.vintage_id as vintage_ids, answer.fidelity
from answer
cross join expected
where (answer.fidelity = 'made_up') <> expected.made_up
order by all
