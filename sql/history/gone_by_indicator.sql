-- One row per indicator x reason: number of figures that are gone; reason is blank where the
-- whole row is.
select indicator_id, later_reason as reason, count(*) as figures
from changes
where kind = 'gone'
group by indicator_id, later_reason
order by figures desc, indicator_id, reason
