"""Made-up municipal histories, with an exact account of where everybody ended up.

A world is drawn year by year: codes are kept, renamed, renumbered, merged, split, and give away
parts. `flows` follows each code's people in fractions, so a test knows the true crosswalk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from warehouse.counties import County, Member, Region, RegionSet, Schedule
from warehouse.geography import Seeds

OWN, OTHER = "11", "12"
TEXT = pa.string()
DAY = pa.date32()
LISTED = {"date": DAY, "new_date": DAY, "persons": pa.int64(), "weight": pa.float64()}


def _schema(columns: str, days: str = "") -> pa.Schema:
    kinds = {**LISTED, **dict.fromkeys(days.split(), DAY)}
    return pa.schema([(name, kinds.get(name, TEXT)) for name in columns.split()])


CODES = _schema("code name valid_from valid_to", days="valid_from valid_to")
CHANGES = _schema("old_code old_name new_code new_name change_date", days="change_date")
SPLITS = _schema("old_code new_code date persons weight source confidence")
OVERRIDES = _schema("old_code date new_code new_date source confidence")
MOVES = _schema("old_code new_code date persons place source confidence")
NAMES = _schema("code name_nb name_en")

Spell = tuple[str, date | None]


def seeds(
    splits: list[dict[str, Any]] | None = None,
    overrides: list[dict[str, Any]] | None = None,
    moves: list[dict[str, Any]] | None = None,
) -> Seeds:
    """Seeds of only what the test declares."""
    return Seeds(
        splits=pa.Table.from_pylist(splits or [], SPLITS),
        overrides=pa.Table.from_pylist(overrides or [], OVERRIDES),
        boundary_moves=pa.Table.from_pylist(moves or [], MOVES),
        county_names=NAMES.empty_table(),
    )


def codes_table(*rows: tuple[str, date | None, date | None]) -> pa.Table:
    """Code list of (code, valid_from, valid_to); names are made of the codes."""
    keys = ("code", "valid_from", "valid_to")
    named = [{**dict(zip(keys, row, strict=True)), "name": f"By {row[0]}"} for row in rows]
    return pa.Table.from_pylist(named, CODES)


def changes_table(*rows: tuple[str | None, str | None, date]) -> pa.Table:
    """Changes of (old code, new code, date); names are made of the codes."""
    listed = [
        {
            "old_code": old,
            "old_name": old and f"By {old}",
            "new_code": new,
            "new_name": new and f"By {new}",
            "change_date": day,
        }
        for old, new, day in rows
    ]
    return pa.Table.from_pylist(listed, CHANGES)


def split(old: str, day: date, **persons: int) -> list[dict[str, Any]]:
    """Declared shares in persons: split("1101", day, c1102=30, c1103=70)."""
    return [
        {"old_code": old, "new_code": new[1:], "date": day, "persons": n, "source": "test"}
        | {"confidence": "medium", "weight": None}
        for new, n in persons.items()
    ]


def classes_table(
    *pairs: tuple[str, str], since: date | None = None, until: date | None = None
) -> pa.Table:
    """A correspondence of (class, municipality) as the reader of KLASS gives it."""
    schema = [
        (f"{end}_{what}", pa.string()) for end in ("source", "target") for what in ("code", "name")
    ]
    rows = [
        {"source_code": of, "source_name": f"Klasse {of}", "target_code": code,
         "target_name": f"By {code}", "valid_from": since, "valid_to": until}
        for of, code in pairs
    ]  # fmt: skip
    dates = [("valid_from", pa.date32()), ("valid_to", pa.date32())]
    return pa.Table.from_pylist(rows, pa.schema([*schema, *dates]))


@dataclass
class World:
    """A drawn history; flows: (code, first day) -> code of today -> true share."""

    versions: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    splits: list[dict[str, Any]] = field(default_factory=list)
    living: dict[str, date | None] = field(default_factory=dict)
    ended: dict[Spell, date] = field(default_factory=dict)
    flows: dict[Spell, dict[str, Fraction]] = field(default_factory=dict)
    names: dict[str, tuple[str, date | None]] = field(default_factory=dict)
    count: int = 0

    def found(self, county: str, day: date | None) -> str:
        self.count += 1
        code = f"{county}{self.count:02d}"
        self.living[code] = day
        self.names[code] = (f"By {code}", day)
        self.flows[code, day] = {code: Fraction(1)}
        return code

    def change(self, old: str, new: str, day: date) -> None:
        old_name, new_name = self.names[old][0], self.names[new][0]
        row = {"old_code": old, "new_code": new, "old_name": old_name, "new_name": new_name}
        self.changes.append({**row, "change_date": day})

    def rename(self, code: str, day: date) -> None:
        old_name, since = self.names[code]
        self.versions.append(_version(code, old_name, since, day))
        self.names[code] = (f"{old_name}a", day)
        row = {"old_code": code, "new_code": code, "old_name": old_name}
        self.changes.append({**row, "new_name": f"{old_name}a", "change_date": day})

    def end(self, code: str, day: date, shares: dict[str, Fraction]) -> None:
        for new in shares:
            self.change(code, new, day)
        name, since = self.names[code]
        self.versions.append(_version(code, name, since, day))
        self.ended[code, self.living.pop(code)] = day
        for flow in self.flows.values():
            moved = flow.pop(code, Fraction(0))
            for new, share in shares.items():
                if moved:
                    flow[new] = flow.get(new, Fraction(0)) + moved * share

    def tables(self) -> tuple[pa.Table, pa.Table, Seeds]:
        open_ended = [_version(code, *self.names[code], None) for code in self.living]
        codes = pa.Table.from_pylist(self.versions + open_ended, CODES)
        return codes, pa.Table.from_pylist(self.changes, CHANGES), seeds(self.splits)

    def in_force(self, day: date) -> list[Spell]:
        return [
            spell
            for spell in self.flows
            if (spell[1] or date.min) <= day < self.ended.get(spell, date.max)
        ]


def _version(code: str, name: str, start: date | None, end: date | None) -> dict[str, Any]:
    return {"code": code, "name": name, "valid_from": start, "valid_to": end}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A history of one to four reforms over three to eight municipalities in two counties."""
    world = World()
    for _ in range(draw(st.integers(3, 8))):
        world.found(draw(st.sampled_from([OWN, OTHER])), None)
    for year in range(2016, 2016 + draw(st.integers(1, 4))):
        _reform(draw, world, date(year, 1, 1))
    return world


def _reform(draw: st.DrawFn, world: World, day: date) -> None:
    left = draw(st.permutations(sorted(world.living)))
    receivers: list[str] = []
    county = st.sampled_from([OWN, OTHER])
    kinds = st.sampled_from(["keep", "rename", "renumber", "merge", "absorb", "split", "part"])
    parting = []
    while left:
        code, left = left[0], left[1:]
        kind = draw(kinds)
        if kind == "split":
            parting.append(code)
        elif kind in ("renumber", "merge"):
            new = world.found(draw(county), day)
            partners = [code, *(left[:1] if kind == "merge" else [])]
            for each in partners:
                world.end(each, day, {new: Fraction(1)})
            left = left[len(partners) - 1 :]
            receivers.append(new)
        else:
            if kind == "rename":
                world.rename(code, day)
            if kind == "absorb" and left:
                world.end(left[0], day, {code: Fraction(1)})
                left = left[1:]
            if kind == "part" and receivers:
                world.change(code, draw(st.sampled_from(receivers)), day)
            receivers.append(code)
    for code in parting:
        _part(draw, world, day, code, receivers)


def _part(draw: st.DrawFn, world: World, day: date, code: str, receivers: list[str]) -> None:
    heirs = draw(st.lists(st.sampled_from(receivers), max_size=2, unique=True)) if receivers else []
    while len(heirs) < draw(st.integers(2, 3)):
        heirs.append(world.found(draw(st.sampled_from([OWN, OTHER])), day))
    persons = {new: draw(st.integers(1, 60)) for new in heirs}
    total = sum(persons.values())
    world.end(code, day, {new: Fraction(n, total) for new, n in persons.items()})
    world.splits += split(code, day, **{f"c{new}": n for new, n in persons.items()})


def county_of(*regions: list[str]) -> County:
    """A county 11 with one disjoint region set of the given regions."""
    text = {"nb": "Prøve", "en": "Test"}
    declared = tuple(
        Region(f"r{n}", text, tuple(map(Member, codes)), "test", "high")
        for n, codes in enumerate(regions)
    )
    region_set = RegionSet("parts", text, "project_choice", True, False, "test", "high", declared)
    return County("test", OWN, text, "parts", (region_set,), Schedule("0 6 * * *", "Europe/Oslo"))
