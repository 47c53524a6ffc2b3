-- One row per code of the time x year x sex: persons with short or long higher education, over
-- persons whose level is known (without 09a in every year, as in education_level).
select
    geo_level, geo_code, period, period_type, reference_date,
    sex,
    sum_known(
        case when education_level in ('03a', '04a') then value end,
        case when education_level in ('03a', '04a') then obs_status else 'M' end
    ) as numerator,
    sum_known(value, obs_status) as denominator,
    coalesce(worst_status(case when obs_status <> 'M' then obs_status end), 'M') as obs_status,
    max(source_symbol) as source_symbol,
    vintages(vintage_id) as vintage_ids
from ssb_09429
where measure = 'Personer' and education_level not in ('00', '09a')
group by all
