"""Definition list: every indicator on one line, those that are wanted too, as markdown.

What an indicator is comes from the definitions, which periods have figures from a release. Where
the list stands, and who asks for it, is pipeline/definition_commands.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from warehouse.definition import Indicator
    from warehouse.wanted import Wanted

BEGIN, END = "<!-- indicators:begin -->", "<!-- indicators:end -->"
LEVELS = ("municipality", "region", "county", "county_historical", "country")
NONE = "none"


class NoPlaceForList(KompetanseError):
    """A file has no place for the list, or more than one."""


@dataclass(frozen=True)
class Span:
    """First and last period for which an indicator has a figure anywhere in a release."""

    first: str
    last: str

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first} – {self.last}"


def spans(release: Path) -> dict[str, Span]:
    """Indicator id -> its periods with figures, from the parquet files of a release."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    columns = ["indicator_id", "period", "value"]
    values = pq.read_table(release / "parquet" / "indicator_value.parquet", columns=columns)
    known = values.filter(pc.is_valid(values["value"]))
    found = known.group_by("indicator_id").aggregate([("period", "min"), ("period", "max")])
    return {
        row["indicator_id"]: Span(row["period_min"], row["period_max"]) for row in found.to_pylist()
    }


def markdown(
    definitions: Iterable[Indicator], wanted: Iterable[Wanted], spans: Mapping[str, Span]
) -> str:
    """Two tables: indicators that are computed, and those that no open source gives, with why."""
    lines = [
        "| theme | indicator | lowest level | source | periods | status |",
        "|---|---|---|---|---|---|",
    ]
    for d in sorted(definitions, key=lambda d: (d.theme, d.title.nb)):
        periods = spans.get(d.id)
        status = "figures" if periods else "no answer"
        cells = (
            str(d.theme), d.title.nb, lowest_level(d), ", ".join(d.sources),
            str(periods or NONE), status,
        )  # fmt: skip
        lines.append(_row(cells))
    lines += ["", "| theme | wanted indicator | why there are no figures |", "|---|---|---|"]
    for w in sorted(wanted, key=lambda w: (w.theme, w.title.nb)):
        lines.append(_row((str(w.theme), w.title.nb, w.reason.en)))
    return "\n".join(lines) + "\n"


def lowest_level(indicator: Indicator) -> str:
    """The smallest kind of area that the indicator can have a figure for."""
    return min(indicator.levels, key=LEVELS.index)


def put_in(text: str, table: str, name: str) -> str:
    """The text with the list between its marks exchanged; name: of the file, for messages.

    Raises NoPlaceForList if the marks do not stand there once each, in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after or END in before:
        raise NoPlaceForList(
            f"{name} needs the lines {BEGIN} and {END} once each, in that order. It is unchanged."
        )
    return f"{before}{BEGIN}\n{table}{END}{after}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
