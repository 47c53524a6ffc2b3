"""Addresses: taken apart, checked, made safe to show.

Pure functions on text. Which addresses belong to a service is decided in hosts.py.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from sources.http.errors import InvalidSetting

PORTS = {"http": 80, "https": 443}

_TELLING = "token|key|secret|passw|pwd|auth|sig|credential|session|jwt"
_USERINFO = re.compile(r"(?i)([a-z][a-z0-9+.-]*://)[^/?#\s]*@")
_PARAMETER = re.compile(rf"(?i)([?&;][^=&;#\s]*(?:{_TELLING})[^=&;#\s]*=)[^&;#\s\"']+")
_SCHEME = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{4,}")
# Everything a URL may hold; what is left over (blanks, backslashes, æøå) must be escaped.
_ALLOWED = "!#$%&'()*+,/:;=?@[]~"

Params = Mapping[str, str | Sequence[str]]


def redact(text: str) -> str:
    """Return the text with userinfo, tokens in queries and authorizations replaced by ***."""
    text = _USERINFO.sub(r"\1***@", text)
    return _SCHEME.sub(r"\1 ***", _PARAMETER.sub(r"\1***", text))


def split(url: str) -> SplitResult:
    """Take an absolute URL apart; raises InvalidSetting if it is not one, saying why."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidSetting(f"{redact(url)!r} is not a web address: {error}") from None
    problem = None
    # A backslash is where parsers of URLs disagree on which host is meant.
    if "\\" in url or not url.isprintable() or " " in url:
        problem = "it holds a blank, a backslash or a control character"
    elif parts.scheme not in PORTS:
        problem = f"it begins with {parts.scheme or 'nothing'!r} instead of https"
    elif not parts.hostname:
        problem = "it names no host"
    elif port == 0:
        problem = "port 0 cannot be asked"
    if problem:
        raise InvalidSetting(f"{redact(url)!r} is not a web address that can be asked: {problem}")
    return parts


def authority(parts: SplitResult) -> str:
    """Return host and port in one comparable form: "data.ssb.no:443"."""
    return f"{parts.hostname}:{parts.port or PORTS[parts.scheme]}"


def is_loopback(host: str | None) -> bool:
    """Tell whether a host name or literal address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def escaped(url: str) -> str:
    """Percent-encode what a URL may not hold, such as æøå; what is encoded already stays."""
    return quote(url, safe=_ALLOWED)


def with_params(url: str, params: Params | None) -> str:
    """Append a query, keeping one that is there; "+" becomes %2B, a list repeats the name."""
    if not params:
        return url
    query = urlencode(params, doseq=True, quote_via=quote, safe="*(),:")
    return f"{url}{'&' if '?' in url else '?'}{query}"
