"""Plots: an indicator's headline, or two columns of a mart, as a small SVG in markdown.

Drawing only: no figure is worked out here, a period without a value is a gap and never 0, and
made-up figures say so in the picture. Dagster's page draws markdown at once only while it is
shorter than INLINE, and hides it behind a click otherwise, so every mark has to be worth its room.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

# Characters of markdown that the page of Dagster shows without a click (its MetadataEntry.tsx).
INLINE = 1000
# The newest periods that are drawn: of months two years, and the same month before them.
PERIODS = 25
# Counts so many times apart are drawn each on an axis of its own: a county and the country.
APART = 4
WIDTH, PANEL, ROW = 440, 84, 20
LEFT, RIGHT, TOP, BOTTOM = 70, 430, 20, 64
COLOURS = {"county": "teal", "country": "peru"}
_PERIOD = re.compile(r"([0-9]{4})(?:([MK])([0-9]{1,2})|-[0-9]+)?")
_PER_YEAR = {"M": 12, "K": 4}
# What would end the address in the markdown, or be read as a part of it.
_KEPT = str.maketrans({"%": "%25", "#": "%23", "<": "\\<", ">": "\\>"})


@dataclass(frozen=True)
class Series:
    """Values of one region: place of the period, counted in periods -> value, None for a gap."""

    name: str
    colour: str
    values: Mapping[int, float | None]

    @property
    def known(self) -> list[float]:
        """Values that exist."""
        return [value for value in self.values.values() if value is not None]


@dataclass(frozen=True)
class Frame:
    """What the panels of a picture share: periods by their places, in order, and decimals."""

    periods: Mapping[int, str]
    decimals: int


def headline(values: pa.Table, names: Mapping[str, str], unit: str, label: str) -> str | None:
    """Draw county and country of an indicator's headline; None if neither has a figure.

    values: rows as in indicator_value. names: "county" and "country" -> name. unit: in words.
    label: stands in the picture where figures are made up, else empty.
    Returns markdown with the SVG in it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pc.and_(values["is_headline"], pc.is_in(values["region_set"], pa.array([*COLOURS])))
    columns = ["region_set", "period", "value", "decimals"]
    rows = values.filter(wanted).select(columns).to_pylist()
    periods = {at: r["period"] for r in rows if (at := place(r["period"])) is not None}
    newest = {at: periods[at] for at in sorted(periods)[-PERIODS:]}
    series = [
        Series(names[level], colour, {
            at: r["value"] for r in rows
            if r["region_set"] == level and (at := place(r["period"])) in newest
        })
        for level, colour in COLOURS.items()
    ]  # fmt: skip
    drawn = [one for one in series if one.known]
    if not drawn:
        return None
    frame = Frame(newest, rows[0]["decimals"])
    panels = [[one] for one in drawn] if _apart(drawn) else [drawn]
    return markdown(picture(panels, frame, unit, label))


def picture(panels: Sequence[Sequence[Series]], frame: Frame, unit: str, label: str) -> str:
    """Return an SVG with the panels below each other; unit and label stand at the top."""
    tops = [number * PANEL for number in range(len(panels))]
    lines = "".join(_lines(panel, frame, top) for panel, top in zip(panels, tops, strict=True))
    texts = "".join(_texts(panel, frame, top) for panel, top in zip(panels, tops, strict=True))
    marks = f"<g fill='none' stroke-width='2'>{lines}</g>{texts}"
    return _svg(unit, label, marks, len(panels) * PANEL)


def pairs(
    table: pa.Table, name: str, period: str, columns: tuple[str, str], label: str
) -> str | None:
    """Draw two columns of a mart beside each other for the county; None if no row has both.

    name, period: columns with what a row is about, and when; of the newest period in which a row
    has both figures, those rows. A figure that is missing would look like 0, so its row is out.
    """
    import pyarrow.compute as pc

    wanted = pc.and_(
        pc.equal(table["region_set"], "county"),
        pc.and_(pc.not_equal(table[name], "_T"),
                pc.and_(pc.is_valid(table[columns[0]]), pc.is_valid(table[columns[1]]))),
    )  # fmt: skip
    known = table.filter(wanted).select([name, period, *columns])
    if not known.num_rows:
        return None
    newest = str(pc.max(known[period]).as_py())
    rows = known.filter(pc.equal(known[period], newest)).sort_by(name).to_pylist()
    names = [row[name] for row in rows]
    values = {column: [row[column] for row in rows] for column in columns}
    return markdown(bars(names, values, newest, label))


def bars(
    names: Sequence[str], values: Mapping[str, Sequence[float]], period: str, label: str
) -> str:
    """Return an SVG with a line per name and a bar per column, all from 0 and on one scale."""
    high = max(value for column in values.values() for value in column) or 1
    tops = [TOP + 26 + ROW * number for number in range(len(names))]
    lines = texts = ""
    for number, (column, lengths) in enumerate(values.items()):
        colour = [*COLOURS.values()][number]
        drawn = "".join(
            f"M{LEFT} {top + 7 * number - 6}h{round((RIGHT - LEFT) * length / high)}"
            for top, length in zip(tops, lengths, strict=True)
        )
        lines += f"<path stroke='{colour}' d='{drawn}'/>"
        said = column.replace("_", " ")
        texts += _text(LEFT + 190 * number, 27, said, f" fill='{colour}'")
    texts += _text(4, 27, f"0 – {_number(high, 0)}")
    texts += "".join(_text(4, top, name) for top, name in zip(tops, names, strict=True))
    return _svg(period, label, f"<g stroke-width='6'>{lines}</g>{texts}", tops[-1] + 12)


def markdown(svg: str) -> str:
    """Put an SVG into markdown, as an image that carries its own data."""
    return f"![](<data:image/svg+xml,{svg.translate(_KEPT)}>)"


def place(period: str) -> int | None:
    """Count a period in years, quarters or months; of a span, by its first year.

    None for one that is written otherwise.
    """
    found = _PERIOD.fullmatch(period)
    if found is None:
        return None
    year, kind, part = found.groups()
    return int(year) * _PER_YEAR[kind] + int(part) - 1 if kind else int(year)


def _svg(said: str, label: str, marks: str, height: int) -> str:
    """The picture around its marks; said and label stand at the top, left and right."""
    marked = _text(LEFT + 140, 12, label, " fill='red'") if label else ""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}' "
        f"style='font:11px sans-serif;background:white'>{marks}{_text(4, 12, said)}{marked}</svg>"
    )


def _apart(series: Sequence[Series]) -> bool:
    heights = [max(map(abs, one.known)) for one in series]
    return max(heights) > APART * min(heights)


def _lines(series: Sequence[Series], frame: Frame, top: int) -> str:
    span = _span(series)
    return "".join(
        f"<path stroke='{one.colour}' d='{_path(one, frame, span, top)}'/>" for one in series
    )


def _texts(series: Sequence[Series], frame: Frame, top: int) -> str:
    """Lowest and highest value beside a panel; below it which periods, and which line is whose."""
    low, high = _span(series)
    places = sorted(frame.periods)
    ends = dict.fromkeys(frame.periods[at] for at in (places[0], places[-1]))
    names = "".join(f" <tspan fill='{one.colour}'>{escape(one.name)}</tspan>" for one in series)
    return (
        "".join(
            _text(4, top + y, _number(value, frame.decimals))
            for value, y in {high: TOP + 8, low: BOTTOM}.items()
        )
        + f"<text x='{LEFT}' y='{top + BOTTOM + 15}'>{' – '.join(ends)}{names}</text>"
    )


def _span(series: Sequence[Series]) -> tuple[float, float]:
    known = [value for one in series for value in one.known]
    return min(known), max(known)


def _path(series: Series, frame: Frame, span: tuple[float, float], top: int) -> str:
    """Lines between neighbours in time; a value without one is a dot, what is missing a gap."""
    first, last = min(frame.periods), max(frame.periods)
    step = (RIGHT - LEFT) / max(last - first, 1)
    scale = (BOTTOM - TOP) / ((span[1] - span[0]) or 1)
    points = {
        at: (round(LEFT + (at - first) * step), round(top + BOTTOM - (value - span[0]) * scale))
        for at, value in sorted(series.values.items())
        if value is not None
    }
    drawn = ""
    for at, (x, y) in points.items():
        if at - 1 in points:
            rise = y - points[at - 1][1]
            drawn += f"l{x - points[at - 1][0]}{' ' if rise >= 0 else ''}{rise}"
        else:
            drawn += f"M{x} {y}{'' if at + 1 in points else 'h3'}"
    return drawn


def _text(x: int, y: int, text: str, more: str = "") -> str:
    return f"<text x='{x}' y='{y}'{more}>{escape(text)}</text>"


def _number(value: float, decimals: int) -> str:
    from warehouse.refresh_report import formats

    return formats.number(value, decimals, "nb")
