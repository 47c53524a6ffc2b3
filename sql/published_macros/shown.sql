-- A value with the decimals it is to be shown with, rounded half away from zero as it is written.
create or replace macro shown(exact_value, number_of_decimals) as
    case number_of_decimals
        when 0 then cast(round(cast(exact_value as decimal(18, 6)), 0) as double)
        when 1 then cast(round(cast(exact_value as decimal(18, 6)), 1) as double)
        when 2 then cast(round(cast(exact_value as decimal(18, 6)), 2) as double)
        when 3 then cast(round(cast(exact_value as decimal(18, 6)), 3) as double)
        else exact_value
    end;
