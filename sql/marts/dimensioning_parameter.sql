-- One row per parameter of the scenarios: the value in use, the default, and who set it.
select
    parameter, value, default_value, set_by, unit, status,
    label_nb, label_en, source_nb, source_en, nb, en,
    data_origin.name as data_origin
from dimensioning_parameter
cross join data_origin
order by parameter
