"""Hours of the day when StatBank is not to be asked for figures.

Between 05:00 and 08:15 in Oslo the metadata are renewed and figures about to be revised show
0 or a dot, until the release at 08:00 has settled.
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sources.pull.problems import NotNow

OSLO = ZoneInfo("Europe/Oslo")
# Metadata are renewed from 05:00, figures come at 08:00; SSB asks for calm until 08:15.
CLOSED_FROM, OPEN_AGAIN = time(5, 0), time(8, 15)


def is_closed(moment: datetime) -> bool:
    """Tell whether `moment` (with an offset, or ValueError) lies in the closed hours of Oslo."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment with an offset is needed, got {moment.isoformat()}")
    return CLOSED_FROM <= moment.astimezone(OSLO).time() < OPEN_AGAIN


def refuse_if_closed(moment: datetime, what: str) -> None:
    """Raise NotNow, with the time to come back, if `moment` lies in the closed hours."""
    if is_closed(moment):
        here = moment.astimezone(OSLO)
        raise NotNow(
            f"{what}: it is {here:%H:%M} in Oslo; between {CLOSED_FROM:%H:%M} and "
            f"{OPEN_AGAIN:%H:%M} StatBank shows 0 or a dot for figures that are being revised\n"
            f"Nothing was asked. Pull after {OPEN_AGAIN:%H:%M}, or say at_any_time if the "
            "figures are not to be used."
        )
