-- One row: the parameters of the scenarios in use, by name; blank where one is not set.
select
    max(try_cast(value as integer)) filter (where parameter = 'planning_years') as planning_years,
    max(try_cast(value as integer)) filter (where parameter = 'retirement_age') as retirement_age,
    max(try_cast(value as double)) filter (where parameter = 'share_to_higher_education')
        as share_to_higher_education_pct,
    max(value) filter (where parameter = 'commuting') as commuting
from dimensioning_parameter
