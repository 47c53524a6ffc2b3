"""Writing of json-stat 2.0 answers the way SSB's PxWebApi v2 writes them, and its questions.

Only the form lives here: which dimensions a table has is said in the ssb_* modules. Like SSB:
dense `value`, `status` as an object, category order given by position and not by JSON order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from sources.made_up.folder import LABEL, NOTE, Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sources.made_up.geography import Regions

NOT_APPLICABLE, NOT_AVAILABLE, CONFIDENTIAL = 1, 2, 3
MARKS = np.array(["", ".", "..", ":"])
BASE = "https://data.ssb.no/api/pxwebapi/v2/tables"
# SSB answers 404 to addresses longer than about 2 100 characters.
LONGEST_URL = 2000
LIMIT = 800_000


@dataclass(frozen=True)
class Axis:
    """One dimension: its codes with labels in position order.

    total: the code that stands for all, if there is one. units: measure -> (base, decimals).
    asked: what the question says instead of listing the codes ("*", "from(2015)").
    """

    name: str
    label: str
    codes: Mapping[str, str]
    total: str | None = None
    units: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    codelist: str | None = None
    asked: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the dimension as json-stat writes it."""
        positions = {code: position for position, code in enumerate(self.codes)}
        # Key order is deliberately not position order for Kjonn: readers must use positions.
        index = dict(sorted(positions.items())) if self.name == "Kjonn" else positions
        category: dict[str, Any] = {"index": index, "label": dict(self.codes)}
        if self.units:
            category["unit"] = {c: {"base": b, "decimals": d} for c, (b, d) in self.units.items()}
        extension: dict[str, Any] = {"elimination": self.total is not None}
        if self.total is not None:
            extension["eliminationValueCode"] = self.total
        return {"label": self.label, "category": category, "extension": extension}


@dataclass(frozen=True)
class Table:
    """What an answer says of its table: id, title without id, day of publication."""

    id: str
    title: str
    as_of: str
    language: str = "no"


def region_axis(
    regions: Regions, name: str = "Region", label: str = "region", **kwargs: str
) -> Axis:
    """Return the axis of a list of regions; kwargs as of Axis (codelist, asked)."""
    codes = dict(zip(regions.codes, regions.labels, strict=True))
    return Axis(name, label, codes, **kwargs)  # type: ignore[arg-type]


def time_axis(periods: Sequence[str | int], label: str = "år", *, whole: bool = True) -> Axis:
    """Return the axis Tid; `whole` asks for everything from the first period on."""
    asked = f"from({periods[0]})" if whole else None
    return Axis("Tid", label, {str(p): str(p) for p in periods}, asked=asked)


def answer(
    table: Table,
    axes: Sequence[Axis],
    values: NDArray[Any],
    marks: NDArray[np.uint8] | None = None,
    name: str = "data",
) -> Answer:
    """Return an answer of SSB.

    values: figures in the shape of the axes; marks: same shape or broadcastable, 0 where the
    figure stands, else one of the constants above (the figure is then null).
    """
    shape = tuple(len(axis.codes) for axis in axes)
    assert values.shape == shape, (values.shape, shape)
    flags = np.zeros(shape, np.uint8) if marks is None else np.broadcast_to(marks, shape)
    url, body = question(table, axes)
    return Answer(
        source="ssb",
        what=f"{table.id} {table.title}",
        body=f"ssb/{table.id}/{name}.json",
        content=orjson.dumps(_document(table, axes, values, flags)),
        as_of=table.as_of,
        url=url,
        request_body=body,
    )


def question(table: Table, axes: Sequence[Axis]) -> tuple[str, dict[str, Any] | None]:
    """Return url and POST body of the question: GET as long as the address is short enough."""
    url = f"{BASE}/{table.id}/data?lang={table.language}&outputFormat=json-stat2"
    asked = {axis.name: [axis.asked] if axis.asked else list(axis.codes) for axis in axes}
    lists = {axis.name: axis.codelist for axis in axes if axis.codelist}
    parts = [f"&codelist[{name}]={codelist}" for name, codelist in lists.items()]
    parts += [
        f"&valueCodes[{name}]={','.join(codes).replace('+', '%2B')}"
        for name, codes in asked.items()
    ]
    if len(url) + sum(map(len, parts)) <= LONGEST_URL:
        return url + "".join(parts), None
    selection = [
        {"variableCode": name, "valueCodes": codes}
        | ({"codelist": lists[name]} if name in lists else {})
        for name, codes in asked.items()
    ]
    return url, {"selection": selection}


def _document(
    table: Table, axes: Sequence[Axis], values: NDArray[Any], flags: NDArray[np.uint8]
) -> dict[str, Any]:
    names = [axis.name for axis in axes]
    # Geographic dimensions are told by their codes' names, as nothing else needs to know them.
    geo = [n for n in names if n in ("Region", "KOKfylkesregion0000", "ArbstedKomm", "Bokommuen")]
    label = f"{LABEL} {table.id}: {table.title}, etter {', '.join(a.label for a in axes)}"
    document: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": label,
        "source": "Statistisk sentralbyrå",
        "updated": f"{table.as_of}T06:00:00Z",
        "note": [NOTE],
        "role": {"time": ["Tid"], "geo": geo, "metric": ["ContentsCode"]},
        "id": names,
        "size": [len(axis.codes) for axis in axes],
        "dimension": {axis.name: axis.document() for axis in axes},
        "extension": {"px": {"tableid": table.id, "language": table.language}},
        "value": _values(values, flags),
    }
    status = _status(flags)
    return document | {"status": status} if status else document


def _values(values: NDArray[Any], flags: NDArray[np.uint8]) -> list[int | float | None]:
    figures = values.astype(np.float64).ravel()
    shown = (flags == 0).ravel()
    cells = np.full(figures.size, None, dtype=object)
    # SSB writes 11 and not 11.0, also in columns with decimals.
    whole = shown & (figures == np.floor(figures))
    cells[whole] = figures[whole].astype(np.int64).tolist()
    broken = shown & ~whole
    cells[broken] = figures[broken].tolist()
    result: list[int | float | None] = cells.tolist()
    return result


def _status(flags: NDArray[np.uint8]) -> dict[str, str]:
    flat = flags.ravel()
    places = np.flatnonzero(flat)
    return dict(zip(map(str, places.tolist()), MARKS[flat[places]].tolist(), strict=True))


def rounded(share: NDArray[np.float64], decimals: int = 1) -> NDArray[np.float64]:
    """Round half up, as official figures are; not-a-number (0 of 0) becomes 0."""
    factor = 10.0**decimals
    return np.floor(np.nan_to_num(share) * factor + 0.5) / factor


def per_cent(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return part of whole in per cent with one decimal; 0 where the whole is 0."""
    return rounded(100.0 * part / np.maximum(whole, 1))


def not_in_force(regions: Regions, years: Sequence[int], dimensions: int) -> NDArray[np.uint8]:
    """Return marks "." for codes not in force: regions first, years last, 1 in between."""
    gone = ~regions.in_force(years)
    shape = (gone.shape[0], *[1] * (dimensions - 2), gone.shape[1])
    return np.where(gone, NOT_APPLICABLE, 0).astype(np.uint8).reshape(shape)
