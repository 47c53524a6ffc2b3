-- One row per answer, if the answers of one pull name several times of update.
-- Input: answer. Recorded answers may well be of several times; what is newest goes first there.
with pulled as (
    select vintage_id, updated
    from answer
    where fidelity = 'live' and updated is not null
)
select vintage_id as vintage_ids, updated
from pulled
where (select count(distinct updated) from pulled) > 1
order by all
