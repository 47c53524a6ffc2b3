"""Which addresses are asked, and how a mirror takes the place of a service."""

from __future__ import annotations

import pytest

from sources.http import (
    SERVICES,
    ForeignAddress,
    ForeignRedirect,
    InsecureAddress,
    InvalidSetting,
    Rate,
)
from sources.http.addresses import is_loopback, redact
from sources.http.hosts import target


@pytest.mark.parametrize("name", SERVICES)
def test_every_default_base_is_https_at_a_declared_host(name: str) -> None:
    service = SERVICES[name]
    aim = target(name, {})
    assert aim.address("x") == f"{service.base}/x"
    assert aim.address(f"{service.base}/x") == f"{service.base}/x"
    assert not aim.mirrored
    assert service.variable == f"KOMPETANSE_{name.upper()}_BASE"


@pytest.mark.parametrize(
    "base",
    [
        "http://127.0.0.1:8000/v2", "http://127.8.9.1", "http://[::1]:8000/", "http://localhost",
        "https://mirror.example/ssb/", "HTTPS://Mirror.Example:8443/ssb",
    ],
)  # fmt: skip
def test_a_base_may_be_https_or_loopback(base: str) -> None:
    aim = target("ssb", {"KOMPETANSE_SSB_BASE": base})
    assert aim.mirrored
    assert aim.address("tables").endswith("/tables")
    assert len(aim.authorities) == 1


@pytest.mark.parametrize(
    "base",
    [
        "http://data.ssb.no", "http://10.0.0.1", "http://0.0.0.0", "http://localhost.example",
        "http://127.0.0.1.example", "http://2130706433", "http://localhost@example.org",
    ],
)  # fmt: skip
def test_plain_http_beyond_loopback_is_an_error(base: str) -> None:
    with pytest.raises(InsecureAddress, match=r"KOMPETANSE_SSB_BASE.*plain http"):
        target("ssb", {"KOMPETANSE_SSB_BASE": base})


@pytest.mark.parametrize(
    "base",
    [
        "data.ssb.no/v2", "ftp://data.ssb.no", "file:///tmp", "https://", "https://a b.no",
        "https://data.ssb.no\\@example.org", "https://a.no:99999", "https://a.no:x",
        "https://a.no/?q=1", "https://a.no/#f", "https://[::1", "https://a.no/\n", "https://a.no:0",
    ],
)  # fmt: skip
def test_a_base_that_is_none_is_an_error_with_an_example(base: str) -> None:
    with pytest.raises(InvalidSetting, match=r"(?s)KOMPETANSE_SSB_BASE.*Example: https://data.ssb"):
        target("ssb", {"KOMPETANSE_SSB_BASE": base + "x" * base.endswith("\n")})


def test_an_unknown_service_is_an_error() -> None:
    with pytest.raises(InvalidSetting, match="there are ssb, klass, udir, nav, dbh, utdanning"):
        target("scb", {})


@pytest.mark.parametrize(
    ("service", "url", "asked"),
    [
        ("ssb", "https://data.ssb.no/api/pxwebapi/v2/tables/1?lang=no", "/m/tables/1?lang=no"),
        ("ssb", "https://data.ssb.no/api/pxwebapi/v2", "/m"),
        ("ssb", "https://data.ssb.no/api/v0/no", "/m/data.ssb.no/api/v0/no"),
        ("ssb", "https://data.ssb.no/api/pxwebapi/v22/x", "/m/data.ssb.no/api/pxwebapi/v22/x"),
        ("udir", "https://data.udir.no/kl06/v201906/x", "/m/data.udir.no/kl06/v201906/x"),
        ("utdanning", "https://api.utdanning.no/nav_export?a=1",
         "/m/api.utdanning.no/nav_export?a=1"),
        ("nav", "https://www.nav.no/_/attachment/år.xlsx", "/m/_/attachment/%C3%A5r.xlsx"),
        ("nav", "http://127.0.0.1:8000/m/x", "/m/x"),
    ],
)  # fmt: skip
def test_with_a_mirror_nothing_goes_to_the_service(service: str, url: str, asked: str) -> None:
    mirror = "http://127.0.0.1:8000/m"
    aim = target(service, {SERVICES[service].variable: mirror})
    assert aim.address(url) == "http://127.0.0.1:8000" + asked


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x", "https://data.ssb.no.example.org/x", "https://data.ssb.no:8443/x",
        "https://data.ssb.no@example.org/", "https://ola:x@data.ssb.no/", "https://ssb.no/x",
    ],
)  # fmt: skip
def test_an_address_outside_the_declared_hosts_is_not_asked(url: str) -> None:
    with pytest.raises(ForeignAddress):
        target("ssb", {}).address(url)
    with pytest.raises(ForeignRedirect):
        target("ssb", {}).redirect("https://data.ssb.no/api", url)


def test_a_path_cannot_lead_to_another_host() -> None:
    aim = target("ssb", {})
    for path in ("//example.org/x", "/@example.org", "x?u=https://example.org/"):
        assert aim.address(path).startswith("https://data.ssb.no/api/pxwebapi/v2/")


def test_a_redirect_may_go_to_a_declared_host_but_never_down_to_http() -> None:
    aim = target("udir", {})
    start = "https://statistikkportalen.udir.no/api/rapportering/x"
    assert aim.redirect(start, "/y") == "https://statistikkportalen.udir.no/y"
    assert aim.redirect(start, "//data.udir.no/y#z") == "https://data.udir.no/y"
    with pytest.raises(InsecureAddress, match="plain http"):
        aim.redirect(start, "http://data.udir.no/y")
    mirror = target("udir", {"KOMPETANSE_UDIR_BASE": "https://localhost"})
    with pytest.raises(InsecureAddress, match="plain http"):
        mirror.redirect("https://localhost/x", "http://localhost/x")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ola:pw@a.no/x", "https://***@a.no/x"),
        ("https://a.no/?token=abc&x=1", "https://a.no/?token=***&x=1"),
        ("https://a.no/?x=1&API-Key=abc#f", "https://a.no/?x=1&API-Key=***#f"),
        ("/p?client_secret=a%20b HTTP/1.1", "/p?client_secret=*** HTTP/1.1"),
        ("Authorization: Bearer eyJhbGciOi.x.y", "Authorization: Bearer ***"),
        ("https://a.no/?valueCodes%5BTid%5D=2025", "https://a.no/?valueCodes%5BTid%5D=2025"),
    ],
)
def test_credentials_are_not_shown(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_loopback_is_only_this_machine() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.255.0.3", "::1")))
    assert not any(map(is_loopback, (None, "", "127.1", "0.0.0.0", "::", "10.0.0.1", "localhost.")))


def test_the_calls_a_minute_can_be_lowered_and_only_for_a_mirror_raised() -> None:
    mirror = "http://127.0.0.1:9/ssb"
    assert target("ssb", {}).rate == Rate(30, 60.0)
    assert target("ssb", {"KOMPETANSE_SSB_CALLS": "10"}).rate == Rate(10, 60.0)
    raised = {"KOMPETANSE_SSB_CALLS": "600"}
    assert target("ssb", raised | {"KOMPETANSE_SSB_BASE": mirror}).rate == Rate(600, 60.0)
    for wrong in ("600", "0", "-1", "many", "3.5"):
        with pytest.raises(InvalidSetting, match=r"KOMPETANSE_SSB_CALLS: .* 1 to 30"):
            target("ssb", {"KOMPETANSE_SSB_CALLS": wrong})
