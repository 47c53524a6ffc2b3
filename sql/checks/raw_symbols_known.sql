-- One row per status symbol that the source's YAML does not explain.
-- Inputs: symbol (what the table has), known_symbol.
select symbol.symbol, symbol.cells, symbol.vintage_ids
from symbol
where not exists (
    select 1
    from known_symbol
    where known_symbol.symbol = symbol.symbol
)
order by all
