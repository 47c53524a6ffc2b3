"""The services this project asks: hosts, base addresses, rates, and where a URL may lead.

A base can be replaced by a mirror (`KOMPETANSE_SSB_BASE` and so on). Then nothing goes to the
service itself: an address below the default base is asked below the mirror, any other address of
a declared host below `<mirror>/<host>`. Nothing here opens a connection.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from sources.http.addresses import authority, escaped, is_loopback, redact, split, with_params
from sources.http.errors import ForeignAddress, ForeignRedirect, InsecureAddress, InvalidSetting
from sources.http.limits import Rate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from sources.http.addresses import Params

# SSB publishes 30 calls a minute for its host, which KLASS shares. The others publish no limit;
# theirs is our own choice.
_SSB_RATE = Rate(30, 60.0)
_OWN_RATE = Rate(60, 60.0)


@dataclass(frozen=True)
class Service:
    """One service: short name, title for messages, default base, declared hosts, rate per host."""

    name: str
    title: str
    base: str
    hosts: tuple[str, ...]
    rate: Rate = _OWN_RATE

    @property
    def variable(self) -> str:
        """The variable of the environment that replaces the base."""
        return f"KOMPETANSE_{self.name.upper()}_BASE"

    @property
    def calls_variable(self) -> str:
        """The variable of the environment that sets the calls a minute."""
        return f"KOMPETANSE_{self.name.upper()}_CALLS"


SERVICES: Mapping[str, Service] = {
    service.name: service
    for service in (
        Service("ssb", "SSB", "https://data.ssb.no/api/pxwebapi/v2", ("data.ssb.no",), _SSB_RATE),
        Service("klass", "KLASS", "https://data.ssb.no/api/klass/v1", ("data.ssb.no",), _SSB_RATE),
        Service(
            "udir",
            "Udir",
            "https://statistikkportalen.udir.no/api/rapportering",
            ("statistikkportalen.udir.no", "api.statistikkbanken.udir.no", "data.udir.no"),
        ),
        Service("nav", "Nav", "https://www.nav.no", ("www.nav.no",)),
        Service(
            "dbh",
            "DBH",
            "https://dbh.hkdir.no/api",
            ("dbh.hkdir.no", "dbh-data.dataporten-api.no"),
        ),
        Service(
            "utdanning",
            "utdanning.no",
            "https://v3.api.utdanning.no",
            ("v3.api.utdanning.no", "api.utdanning.no"),
        ),
    )
}


@dataclass(frozen=True)
class Target:
    """Where a service is asked in this process.

    base:        without slash at the end and without userinfo.
    authorities: host:port that may be asked; a mirror is the only one of its service.
    mirrored:    whether the base was replaced.
    login:       Authorization header for the base's own authority, from userinfo in the base.
    calls:       calls a minute that the environment sets instead of the service's rate.
    """

    service: Service
    base: str
    authorities: frozenset[str]
    mirrored: bool = False
    login: str | None = None
    calls: int | None = None

    @property
    def rate(self) -> Rate:
        """How often each host may be asked."""
        return Rate(self.calls, 60.0) if self.calls else self.service.rate

    def address(self, path_or_url: str, params: Params | None = None) -> str:
        """Return the URL to ask for a path below the base or an absolute URL of the service.

        Raises ForeignAddress for a host that is not declared, InsecureAddress for plain http.
        """
        if "://" not in path_or_url.partition("?")[0]:
            return with_params(escaped(f"{self.base}/{path_or_url.lstrip('/')}"), params)
        url = escaped(path_or_url)
        if self.mirrored and authority(split(url)) not in self.authorities:
            url = self._at_mirror(url)
        parts = split(url)
        _require_secure(parts, url)
        if not self._is_own(parts):
            raise ForeignAddress(f"{redact(url)} is {self._outside}", url=redact(url))
        return with_params(url, params)

    def redirect(self, url: str, location: str) -> str:
        """Return the URL that `location`, in the answer of `url`, leads to.

        Raises ForeignRedirect outside the declared hosts, InsecureAddress for plain http outside
        loopback and for any step from https down to http.
        """
        aim = escaped(urljoin(url, location)).partition("#")[0]
        step = f"{self.service.title} redirects {redact(url)} to {redact(aim)}"
        try:
            parts = split(aim)
        except InvalidSetting as error:
            raise ForeignRedirect(f"{step}. It was not followed: {error}.") from None
        # Also on loopback: who was asked by TLS has no reason to answer in the clear.
        down = urlsplit(url).scheme == "https" and parts.scheme == "http"
        if down or not _is_secure(parts):
            raise InsecureAddress(
                f"{step}, which is plain http. It was not followed, and asking again does not "
                "help: look for a log-in page or a filter of your own network in between."
            )
        if not self._is_own(parts):
            raise ForeignRedirect(f"{step}, {self._outside}")
        return aim

    def login_for(self, url: str) -> dict[str, str]:
        """Return the login header for a URL: only ever for the base's own authority."""
        own = authority(split(self.base)) == authority(split(url))
        return {"Authorization": self.login} if self.login and own else {}

    def _at_mirror(self, url: str) -> str:
        default = self.service.base
        if url == default or url.startswith((f"{default}/", f"{default}?")):
            return self.base + url[len(default) :]
        parts = split(url)
        if parts.scheme == "https" and parts.hostname in self.service.hosts:
            rest = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            return f"{self.base}/{parts.hostname}{rest}"
        return url

    def _is_own(self, parts: SplitResult) -> bool:
        return parts.username is None and authority(parts) in self.authorities

    @property
    def _outside(self) -> str:
        return (
            f"outside the hosts of {self.service.title} ({', '.join(sorted(self.authorities))}). "
            "Nothing was sent there. If the service has moved there for good, declare the host in "
            "sources/http/hosts.py; otherwise look for a log-in page or a filter of your own "
            "network in between."
        )


def target(name: str, environ: Mapping[str, str]) -> Target:
    """Return where to ask a service: its own base, or the mirror that the environment names.

    Raises InvalidSetting for an unknown service, an unusable base or number of calls,
    InsecureAddress for a base with plain http outside loopback.
    """
    if name not in SERVICES:
        raise InvalidSetting(f"no service is called {name!r}; there are {', '.join(SERVICES)}")
    service = SERVICES[name]
    own = frozenset(f"{host}:443" for host in service.hosts)
    wanted = environ.get(service.variable, "").strip()
    if not wanted or wanted.rstrip("/") == service.base:
        return Target(service, service.base, own, calls=_calls(service, environ, mirrored=False))
    try:
        parts = split(wanted)
        _require_secure(parts, wanted)
        _require_plain(parts, wanted)
    except (InvalidSetting, InsecureAddress) as error:
        raise type(error)(f"{service.variable}: {error}. Example: {service.base}") from None
    # The login goes into a header, so that no address made from the base carries it.
    base = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return Target(
        service, base.rstrip("/"), frozenset({authority(parts)}), mirrored=True,
        login=_login(parts), calls=_calls(service, environ, mirrored=True),
    )  # fmt: skip


def _calls(service: Service, environ: Mapping[str, str], *, mirrored: bool) -> int | None:
    wanted = environ.get(service.calls_variable, "").strip()
    if not wanted:
        return None
    most = service.rate.calls
    # Only whoever runs a mirror can say that it may be asked more often than the service itself.
    if not wanted.isdecimal() or int(wanted) < 1 or (int(wanted) > most and not mirrored):
        raise InvalidSetting(
            f"{service.calls_variable}: a number of calls a minute, 1 to {most}, was expected, not "
            f"{wanted[:20]!r}. More is accepted for a mirror only ({service.variable})."
        )
    return int(wanted)


def _is_secure(parts: SplitResult) -> bool:
    return parts.scheme == "https" or is_loopback(parts.hostname)


def _require_secure(parts: SplitResult, url: str) -> None:
    if not _is_secure(parts):
        raise InsecureAddress(
            f"{redact(url)} is plain http, which is accepted for loopback addresses only",
            url=redact(url),
        )


def _require_plain(parts: SplitResult, url: str) -> None:
    if parts.query or parts.fragment:
        raise InvalidSetting(f"{redact(url)!r} has a query or a fragment, which a base cannot have")


def _login(parts: SplitResult) -> str | None:
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
