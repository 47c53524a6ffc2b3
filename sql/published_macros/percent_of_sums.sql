-- Percentage of summed counts; null if any count is missing, so that a gap never looks like 0.
create or replace macro percent_of_sums(numerators, denominators) as
    case
        when count(numerators) = count(*) and count(denominators) = count(*)
         and sum(denominators) > 0
        then 100 * sum(numerators) / sum(denominators)
    end;
