-- One row per indicator x source table of which older figures are used: since when, and why.
create or replace view stale_indicator as
with used as (
    select
        indicator_id, title_nb, title_en, figures,
        unnest(string_split(sources, ', ')) as source_table_id
    from indicator
)
select
    used.indicator_id,
    used.title_nb,
    used.title_en,
    used.figures,
    used.source_table_id,
    source_table.title_nb as source_title_nb,
    source_table.title_en as source_title_en,
    source_table.state,
    source_table.stale_since,
    source_table.stale_reason,
    source_table.page
from used
join source_table on source_table.source_table_id = used.source_table_id
where source_table.state <> 'current';
