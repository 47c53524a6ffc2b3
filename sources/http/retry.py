"""When to ask again: Retry-After, rate headers, backoff.

Pure functions on headers and numbers. Who waits: fetch.py; who remembers: pace.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from sources.http.limits import Rate

if TYPE_CHECKING:
    from collections.abc import Mapping

TOO_MANY = 429
RETRIED = frozenset({TOO_MANY, 500, 502, 503, 504})
LONGEST_WINDOW = 3600.0
_FOREVER = 1e9

_POLICY = re.compile(r"(\d{1,9})\s*;\s*w\s*=\s*(\d{1,9})")


@dataclass(frozen=True)
class Told:
    """What an answer says about its service's rate limit.

    rates: announced limits. left: calls left of the current window. reset: seconds until it ends.
    """

    rates: tuple[Rate, ...] = ()
    left: int | None = None
    reset: float | None = None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that an answer asks to wait, None if it does not say or says nonsense.

    headers: names in lower case. A date is measured against the answer's own Date, so that a
    wrong clock on this machine does no harm; `now` is used where it has none.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", text):
        return min(float(text[:10]), _FOREVER)
    until = _date(text)
    if until is None:
        return None
    return max(0.0, (until - (_date(headers.get("date", "")) or now)).total_seconds())


def told(headers: Mapping[str, str], window: float) -> Told:
    """Return what the x-ratelimit-* (or ratelimit-*) headers say; nonsense is left out.

    window: seconds that a limit without a policy counts for.
    """
    found = {
        key: headers.get(f"x-ratelimit-{key}") or headers.get(f"ratelimit-{key}") or ""
        for key in ("policy", "limit", "remaining", "reset")
    }
    rates = [Rate(int(n), float(w)) for n, w in _POLICY.findall(found["policy"])]
    if not rates and (limit := _count(found["limit"])):
        rates = [Rate(limit, window)]
    reset = _count(found["reset"])
    return Told(
        rates=tuple(r for r in rates if r.calls > 0 and 0 < r.window <= LONGEST_WINDOW),
        left=_count(found["remaining"]),
        # Some services write a moment in seconds since 1970 here instead of a duration.
        reset=float(reset) if reset is not None and reset <= LONGEST_WINDOW else None,
    )


def backoff(tries: int, first: float, longest: float, jitter: float) -> float:
    """Return the pause after the n-th try: doubling up to `longest`, then 50 to 100 % of it.

    jitter: a random number from 0 to 1.
    """
    # The exponent is bounded because 2.0 ** 1024 overflows.
    return min(longest, first * 2.0 ** min(tries - 1, 60)) * (0.5 + 0.5 * jitter)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
