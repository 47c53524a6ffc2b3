"""Answer of KLASS 128 (centrality): made-up classes of the real municipalities.

The codes and names of SSB's classes are not known here, so both are made up and say so, as is which
municipality is in which class; nothing of it depends on the seed, as in all code lists.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import orjson

from sources.made_up.folder import LABEL, Answer
from sources.made_up.geography import LAST

if TYPE_CHECKING:
    from sources.made_up.geography import Geography

START = "2024-01-01"
CLASSES = 6
URL = (
    "https://data.ssb.no/api/klass/v1/classifications/128/corresponds"
    f"?targetClassificationId=131&from={START}"
)
NOTE = (
    "OPPDIKTEDE TALL / MADE-UP FIGURES elsewhere in this folder; the classes are made up too, the "
    "municipality codes are real (KLASS 131, Statistisk sentralbyrå)"
)


def answers(geography: Geography) -> list[Answer]:
    """Return one class for every municipality of today, of all Norway."""
    items = [_item(code, geography) for code in geography.codes_between(LAST, LAST, None)]
    return [
        Answer(
            source="klass",
            what="KLASS 128 centrality with 131 municipalities",
            body=f"klass/128_corresponds_131_{START}.json",
            content=orjson.dumps({"note": LABEL, "correspondenceItems": items}),
            as_of=f"{LAST}-01-01",
            url=URL,
            content_type="application/json;charset=UTF-8",
            note=NOTE,
        )
    ]


def _item(code: str, geography: Geography) -> dict[str, str | None]:
    made_up = str(1 + zlib.crc32(code.encode()) % CLASSES)
    return {
        "sourceCode": made_up,
        "sourceName": f"Klasse {made_up} - {LABEL}",
        "sourceShortName": "",
        "targetCode": code,
        "targetName": geography.name(code, LAST),
        "targetShortName": "",
        "validFrom": START,
        "validTo": None,
    }
