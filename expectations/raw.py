"""Rules of the gate "raw": generated for each source table from its own YAML.

What the reader refuses as an error, and therefore never reaches this gate: an answer with a
dimension, code or status symbol that the YAML does not know, with cells that have neither figure
nor symbol, or with too few cells (sources/validate.py); two answers of one age that contradict
each other (sources/assembly.py); a pull that does not hang together with the one before
(sources/quarantine.py). Those look at one answer, or one pull, at the time it comes.

The gate judges what the steps after it read: the table on disk, after the answers were joined and
declared errors put right, together with what was noted of those answers. It asks for the YAML's
promises once more of this whole, and for what no single answer can show: each cell once, every
cell from a noted answer, one edition of the table, one kind of figures, only periods asked for.
Codes and symbols are counted one by one, so that this costs one reading of each column.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from expectations.suite import Rule
from sources.archive import LIVE
from sources.figures import VINTAGE
from sources.model import STATUS, VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from sources.registry import Dimension, SourceTable

RAW = "raw"
_FROM = re.compile(r"from\(([^,()]+)\)", re.IGNORECASE)
_CODE = re.compile(r"[^*?()]+")


def rules(spec: SourceTable) -> tuple[Rule, ...]:
    """The rules that hold for one source table, in order."""
    return tuple(rule for rule, applies in RULES if applies(spec))


def named(table: pa.Table, spec: SourceTable) -> pa.Table:
    """The table with the project's names of dimensions; their codes stay the source's.

    A source may call a dimension Status or Value, and SQL does not tell those from status and
    value. A dimension that is missing is left out, which is for the rules to say.
    """
    plain = {source: d.name for source, d in spec.dimensions.items()}
    return table.rename_columns([plain.get(name, name) for name in table.column_names])


def required_columns(spec: SourceTable) -> list[str]:
    """Columns that a raw table must have; of a code list its reader says which ones it has."""
    dimensions = [d.name for d in spec.dimensions.values()]
    return [*dimensions, VALUE, STATUS, VINTAGE] if dimensions else [VINTAGE]


def key_columns(table: pa.Table, spec: SourceTable) -> list[str]:
    """Columns that tell the cells of a named table apart; of a code list all but the answer."""
    if spec.dimensions:
        return [d.name for d in spec.dimensions.values()]
    return [name for name in table.column_names if name != VINTAGE]


def views(spec: SourceTable) -> dict[str, str]:
    """SQL of what the rules see beside the table itself; none for a code list.

    code:   one row per dimension and code in the table, with the number of its cells.
    period: the same of the time dimensions alone.
    symbol: one row per status symbol in the table, with the number of its cells.
    """
    if not spec.dimensions:
        return {}
    symbols = f"select {_counted(STATUS, 'symbol')} where {STATUS} is not null group by all"
    found = {"code": _codes(spec.dimensions.values()), "symbol": symbols}
    times = spec.by_role("time")
    return found | ({"period": _codes(times)} if times else {})


def tables(
    spec: SourceTable, answers: Sequence[Mapping[str, Any]], *, made_up: bool
) -> dict[str, pa.Table]:
    """What the YAML and the notes beside a raw table promise, as tables for the rules.

    answers: the answers that the table was decoded from, as noted (warehouse/steps.py). Only
    pulled ones are held to what is asked for: recorded ones answer whatever was asked then.
    """
    import pyarrow as pa

    text = pa.string()
    pulled = any(a["fidelity"] == LIVE for a in answers)
    asked = list(_asked(spec)) if pulled else []
    known = [
        (d.name, code)
        for d in spec.dimensions.values()
        for code in {**(d.codes or {}), **d.aliases, **d.ignore, **_filled_in(d.absent)}
    ]
    patterns = [(d.name, d.pattern.pattern) for d in spec.dimensions.values() if d.pattern]
    return {
        "expected": pa.table(
            {
                "min_cells": pa.array([spec.size.min_cells], pa.int64()),
                "max_cells": pa.array([spec.size.max_cells], pa.int64()),
                "made_up": [made_up],
            }
        ),
        "known_code": _rows(known, dimension=text, code=text),
        "known_pattern": _rows(patterns, dimension=text, pattern=text),
        "known_symbol": _rows([(symbol,) for symbol in spec.missing], symbol=text),
        "asked": _rows(asked, dimension=text, first_period=text, period=text),
        "answer": _rows(
            [(a[VINTAGE], a["fidelity"], a["updated"]) for a in answers],
            vintage_id=text, fidelity=text, updated=text,
        ),
    }  # fmt: skip


def _asked(spec: SourceTable) -> Iterator[tuple[str, str | None, str | None]]:
    """Name of a time dimension with the first period or one period that is asked for.

    None at all where the request leaves it to the source, as `*` and top(n) do.
    """
    select = spec.request.select if spec.request else {}
    for dimension in spec.by_role("time"):
        items = select.get(dimension.source_name, ())
        firsts = [(item, _FROM.fullmatch(item)) for item in items]
        if all(first or _CODE.fullmatch(item) for item, first in firsts):
            for item, first in firsts:
                yield (dimension.name, first[1] if first else None, None if first else item)


def _filled_in(absent: str | None) -> dict[str, None]:
    return {} if absent is None else {absent: None}


def _rows(rows: Sequence[tuple[Any, ...]], **types: pa.DataType) -> pa.Table:
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else ((),) * len(types)
    pairs = zip(types.items(), columns, strict=True)
    return pa.table({name: pa.array(list(column), kind) for (name, kind), column in pairs})


def _codes(dimensions: Iterable[Dimension]) -> str:
    return " union all ".join(
        f"select '{d.name}' as dimension, {_counted(d.name, 'code')} group by all"
        for d in dimensions
    )


def _counted(column: str, name: str) -> str:
    return (
        f'cast("{column}" as varchar) as {name}, count(*) as cells, '
        f'min(cast("{VINTAGE}" as varchar)) as vintage_ids from raw'
    )


def _always(_: SourceTable) -> bool:
    return True


def _has_cells(spec: SourceTable) -> bool:
    return bool(spec.dimensions)


def _row(name: str, broken: str, nb: str, en: str, dimension: str = "consistency") -> Rule:
    return Rule(name, True, (RAW,), nb, en, "broken", broken, dimension)


def _check(
    name: str, reads: tuple[str, ...], nb: str, en: str, *, blocking: bool = True,
    dimension: str = "consistency",
) -> Rule:  # fmt: skip
    file = f"checks/raw_{name}.sql"
    return Rule(name, blocking, (RAW, *reads), nb, en, "check", file, dimension)


RULES: tuple[tuple[Rule, Callable[[SourceTable], bool]], ...] = (
    (
        Rule(
            "columns_present", True, (RAW,),
            "Tabellen har kolonner for dimensjonene i kildens YAML, tallet, symbolet og svaret.",
            "The table has columns for the dimensions of the YAML, figure, symbol and answer.",
            "columns", ("$required_columns",), "completeness",
        ),
        _always,
    ),
    (
        Rule(
            "rows_present", False, (RAW,),
            "Arkivet har et svar fra kilden. Uten svar blir det som bygger på tabellen, tomt.",
            "The archive has an answer of the source. Without one, what needs the table is empty.",
            "filled", (), "completeness",
        ),
        _always,
    ),
    (
        _check(
            "cells_enough", ("expected",),
            "Tabellen har minst så mange rader som kildens YAML krever.",
            "The table has at least as many rows as the source's YAML demands.",
            dimension="completeness",
        ),
        _always,
    ),
    (
        _check(
            "cells_not_too_many", ("expected",),
            "Tabellen har ikke flere rader enn kildens YAML venter.",
            "The table has no more rows than the source's YAML expects.",
            blocking=False, dimension="accuracy",
        ),
        lambda spec: spec.size.max_cells is not None,
    ),
    (
        Rule(
            "cell_unique", True, (RAW,),
            "Hver celle står bare én gang, også når tabellen er satt sammen av flere svar.",
            "Each cell stands once, also where the table is put together of several answers.",
            "unique", ("$key_columns",),
        ),
        _always,
    ),
    (
        _check(
            "codes_known", ("code", "known_code", "known_pattern"),
            "Hver kode står i kildens YAML eller har formen som den oppgir.",
            "Every code is listed in the source's YAML or has the form that it states.",
        ),
        _has_cells,
    ),
    (
        _check(
            "symbols_known", ("symbol", "known_symbol"),
            "Hvert symbol for et manglende tall er forklart i kildens YAML.",
            "Every symbol for a missing figure is explained in the source's YAML.",
        ),
        _has_cells,
    ),
    (
        _row(
            "figure_or_symbol", f"{VALUE} is null and {STATUS} is null",
            "Hver celle har et tall eller et symbol som sier hvorfor tallet mangler.",
            "Every cell has a figure, or a symbol that says why there is none.",
            "completeness",
        ),
        _has_cells,
    ),
    (
        _row(
            "figures_finite", f"not isfinite({VALUE})",
            "Et tall er et endelig tall; et manglende tall er tomt.",
            "A figure is a finite number; a missing one is empty.",
        ),
        _has_cells,
    ),
    (
        _row(
            "vintage_given", f"{VINTAGE} is null",
            "Hver rad sier hvilket svar fra kilden den kommer fra.",
            "Every row says which answer of the source it comes from.",
            "completeness",
        ),
        _always,
    ),
    (
        _check(
            "vintage_noted", ("answer",),
            "Hver rad kommer fra et av svarene som tabellen er lest fra.",
            "Every row comes from one of the answers that the table was read from.",
        ),
        _always,
    ),
    (
        _check(
            "one_edition", ("answer",),
            "Alle svarene fra én henting er fra samme oppdatering hos kilden.",
            "All answers of one pull are of the same update at the source.",
        ),
        # Only a StatBank table has one time of update, which each of its parts states.
        lambda spec: spec.protocol == "json-stat",
    ),
    (
        _check(
            "one_kind_of_figures", ("answer", "expected"),
            "Oppdiktede og virkelige tall står aldri i samme tabell.",
            "Made-up and real figures never stand in one table.",
        ),
        _always,
    ),
    (
        _check(
            "periods_asked_for", ("period", "asked"),
            "Tabellen har bare perioder som det er spurt om.",
            "The table has only periods that were asked for.",
            blocking=False,
        ),
        lambda spec: any(_asked(spec)),
    ),
)  # fmt: skip
