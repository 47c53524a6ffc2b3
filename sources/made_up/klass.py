"""Answers of KLASS 131 (municipalities): the one part of the made-up folder that is real.

Codes, names and dates are SSB's (CC BY 4.0), restated in municipalities.csv; the shape is that
of /codes and /changes, with dates clipped to the range asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sources.made_up.folder import LABEL, Answer

if TYPE_CHECKING:
    from sources.made_up.geography import Geography, Version

START, END = "2015-01-01", "2026-01-01"
BASE = "https://data.ssb.no/api/klass/v1/classifications/131"
NOTE = (
    "OPPDIKTEDE TALL / MADE-UP FIGURES elsewhere in this folder; codes are real: "
    "codes, names and dates of KLASS 131, Statistisk sentralbyrå"
)


def answers(geography: Geography) -> list[Answer]:
    """Return the codes in force and the changes from 2015 to 2026 (`to` is exclusive)."""
    asked = [v for v in geography.versions if (v.valid_to or END) > START and v.valid_from < END]
    codes = [_code(version) for version in asked]
    ended = [v for v in geography.versions if START <= v.valid_to < END]
    changes = [change for version in ended for change in _changes(version, geography)]
    return [
        _answer("codes", {"codes": codes}),
        _answer("changes", {"codeChanges": sorted(changes, key=_order)}),
    ]


def _answer(path: str, document: dict[str, Any]) -> Answer:
    return Answer(
        source="klass",
        what=f"KLASS 131 municipalities, {path} {START} to {END} (codes are real)",
        body=f"klass/131_{path}_{START}_{END}.json",
        content=orjson.dumps({"note": f"{LABEL}: codes are real"} | document),
        as_of="2026-01-01",
        url=f"{BASE}/{path}?from={START}&to={END}",
        content_type="application/json;charset=UTF-8",
        note=NOTE,
        licence="CC BY 4.0 (Statistisk sentralbyrå)",
    )


def _code(version: Version) -> dict[str, str | None]:
    return {
        "code": version.code,
        "parentCode": None,
        "level": "1",
        "name": version.name,
        "shortName": "",
        "presentationName": "",
        "validFrom": None,
        "validTo": None,
        # Clipped: a date at the border of the range says nothing about the code.
        "validFromInRequestedRange": max(version.valid_from, START),
        "validToInRequestedRange": min(version.valid_to or END, END),
        "notes": "",
    }


def _changes(version: Version, geography: Geography) -> list[dict[str, str]]:
    """One row per successor: a split gives several, a new name one with the same code."""
    return [
        {
            "oldCode": version.code,
            "oldName": version.name,
            "oldShortName": "",
            "newCode": successor.code,
            "newName": geography.name(successor.code, int(version.valid_to[:4])),
            "newShortName": "",
            "changeOccurred": version.valid_to,
        }
        for successor in version.successors
    ]


def _order(change: dict[str, str]) -> tuple[str, str, str]:
    return change["changeOccurred"], change["oldCode"], change["newCode"]
