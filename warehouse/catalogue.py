"""Catalogue tables of a release: what an indicator, a source or a vintage is, as rows.

Built from the definitions and source YAMLs alone; figures are in warehouse/indicator.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from warehouse import wanted as without_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from sources.registry import SourceTable, Text
    from warehouse.definition import Indicator
    from warehouse.wanted import Wanted

FIGURES, NO_ANSWER = "figures", "no answer from the source"


def indicator_table(
    definitions: Iterable[Indicator], figures: Mapping[str, int], wanted: Iterable[Wanted] = ()
) -> pa.Table:
    """One row per indicator, those that are wanted but have no source too.

    figures: indicator id -> number of values in the release. Those without any say why.
    """
    rows = [_indicator(d, figures.get(d.id, 0)) for d in definitions]
    rows += [_without_source(w) for w in wanted]
    rows.sort(key=lambda row: str(row["indicator_id"]))
    return _table(rows, integers=("theme", "decimals", "figures"))


def _indicator(d: Indicator, figures: int) -> dict[str, Any]:
    from sources import registry

    tables = registry.load()
    return {
        **_said(d),
        **_both("caveats", d.caveats),
        "unit": d.unit,
        "decimals": d.decimals,
        "aggregation": d.aggregation,
        "direction": d.meaning.direction if d.meaning else "neutral",
        "levels": ", ".join(d.levels),
        "breakdowns": ", ".join(d.breakdowns),
        "headline": ", ".join(f"{k}={v}" for k, v in d.headline.items()),
        "headline_period": d.headline_period or "",
        "sources": ", ".join(d.sources),
        "attribution_nb": "; ".join(sorted({tables[s].attribution.nb for s in d.sources})),
        "licence": "; ".join(sorted({tables[s].licence.ours for s in d.sources})),
        "figures": figures,
        "status": FIGURES if figures else NO_ANSWER,
        **_both("reason", None if figures else _no_answer()),
    }


def _without_source(wanted: Wanted) -> dict[str, Any]:
    texts = ("levels", "breakdowns", "headline", "headline_period", "sources", "attribution_nb")
    return {
        **_said(wanted),
        **_both("caveats", None),
        **dict.fromkeys(("unit", "decimals", "aggregation", "direction")),
        **dict.fromkeys((*texts, "licence"), ""),
        "figures": 0,
        "status": without_source.STATUS,
        **_both("reason", wanted.reason),
    }


def _said(d: Indicator | Wanted) -> dict[str, Any]:
    return {
        "indicator_id": d.id,
        "definition_version": d.version,
        "theme": d.theme,
        "rki": d.rki,
        **_both("title", d.title),
        **_both("definition", d.definition),
    }


def _no_answer() -> Text:
    from sources.registry import Text
    from warehouse import engine

    rows = {row["code"]: row for row in engine.seed("roll_up/reasons.csv").to_pylist()}
    return Text(rows["no_answer"]["nb"], rows["no_answer"]["en"])


def breakdown_table(definitions: Iterable[Indicator]) -> pa.Table:
    """One row per indicator x breakdown x code, with its labels."""
    from warehouse.definition import breakdown_labels

    rows = [
        {"indicator_id": d.id, "breakdown": name, "code": code, **_both("label", label)}
        for d in definitions
        for (name, code), label in sorted(breakdown_labels(d).items())
    ]
    return _table(rows)


def break_table(definitions: Iterable[Indicator]) -> pa.Table:
    """One row per break that a definition declares: the first period after it, and why."""
    import pyarrow as pa

    rows = [(d.id, b.period, b.reason.nb, b.reason.en) for d in definitions for b in d.breaks]
    names = ("indicator_id", "period", "reason_nb", "reason_en")
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.table(
        {n: pa.array(list(c), pa.string()) for n, c in zip(names, columns, strict=True)}
    )


def source_table(tables: Iterable[SourceTable], stale: Mapping[str, Mapping[str, str]]) -> pa.Table:
    """One row per source table used: titles, licences, attribution, rhythm, warnings, state.

    stale: table id -> since, kind, why, for those whose figures are older than they should be.
    """
    from sources.registry import warnings as warning_texts

    texts = warning_texts()
    rows = [
        {
            "source_table_id": t.id,
            **_both("title", t.title),
            "page": t.page or "",
            "licence_source": t.licence.theirs,
            "licence_release": t.licence.ours,
            **_both("attribution", t.attribution),
            "frequency": t.rhythm.frequency,
            "warnings_nb": " ".join(texts[w].nb for w in t.warnings),
            "warnings_en": " ".join(texts[w].en for w in t.warnings),
            "confidence": t.confidence.level,
            "confidence_note": t.confidence.note,
            "state": stale.get(t.id, {}).get("kind") or "current",
            "stale_since": stale.get(t.id, {}).get("since", "")[:10] or None,
            "stale_reason": stale.get(t.id, {}).get("why", "").partition("\n")[0],
        }
        for t in tables
    ]
    return _table(rows)


VINTAGE_COLUMNS = (
    "vintage_id", "source_table_id", "as_of", "updated", "fetched_at", "method", "url",
    "request_body", "sha256", "bytes", "cells", "licence", "origin", "fidelity", "note",
)  # fmt: skip


def vintage_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """One row per answer in use; rows as warehouse/steps.py wrote them beside the raw tables."""
    ordered = sorted(rows, key=lambda r: (r["source_table_id"], r["vintage_id"]))
    kept = [{name: row[name] for name in VINTAGE_COLUMNS} for row in ordered]
    return _table(kept, integers=("bytes", "cells"))


def _both(name: str, text: Text | None) -> dict[str, str]:
    return {f"{name}_nb": text.nb if text else "", f"{name}_en": text.en if text else ""}


def _table(rows: list[dict[str, Any]], integers: tuple[str, ...] = ()) -> pa.Table:
    import pyarrow as pa

    names = list(rows[0]) if rows else []
    types = {n: pa.int64() if n in integers else pa.string() for n in names}
    return pa.table({n: pa.array([r[n] for r in rows], types[n]) for n in names})
