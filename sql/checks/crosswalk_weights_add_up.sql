-- One row per code whose weights into another scheme do not add up to 1.
-- Input: dimensioning_crosswalk.
select origin_scheme, origin_code, target_scheme, sum(weight) as weight_sum
from dimensioning_crosswalk
group by origin_scheme, origin_code, target_scheme
having not abs(sum(weight) - 1) <= 1e-9
order by all
