-- Label of one breakdown code of an indicator; null where the indicator has no such code.
create or replace macro breakdown_label_nb(wanted_indicator, wanted_breakdown, wanted_code) as (
    select max(label_nb)
    from indicator_breakdown
    where indicator_id = wanted_indicator
      and breakdown = wanted_breakdown
      and code = wanted_code
);
