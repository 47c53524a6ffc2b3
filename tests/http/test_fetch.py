"""What is sent and what comes back when nothing is wrong, and what is never sent or logged."""

from __future__ import annotations

import gzip
import json
import logging
import threading
import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from sources.http import (
    AnswerTooLarge,
    Fetcher,
    ForeignAddress,
    ForeignRedirect,
    InsecureAddress,
    InvalidSetting,
    SourceRefused,
    SourceUnreachable,
)
from tests.http.server import BODY, answer, bomb, moved, packed, problem, reset

if TYPE_CHECKING:
    from tests.http.conftest import Bench


def test_an_answer_says_what_came_from_where_and_when(bench: Bench) -> None:
    bench.play("tables/09429", packed())
    got = bench.fetcher().get("/tables/09429", {"lang": "no"})
    assert (got.status, got.body, got.unchanged) == (200, BODY, False)
    assert got.url == f"{bench.base}/tables/09429?lang=no"
    assert got.fetched_at == "2026-11-22T12:00:00Z"
    assert got.headers["content-encoding"] == "gzip"


def test_parameters_keep_their_signs(bench: Bench) -> None:
    script = bench.play("data", answer())
    params = {"valueCodes[Alder]": "A+B,[range(2020,2022)]", "x": ["æ ø", "*"]}
    bench.fetcher().get("data?lang=no", params)
    assert script.asked[0].path == (
        f"{bench.room}/data?lang=no&valueCodes%5BAlder%5D=A%2BB,%5Brange(2020,2022)%5D"
        "&x=%C3%A6%20%C3%B8&x=*"
    )


def test_a_post_sends_json(bench: Bench) -> None:
    script = bench.play("data", answer(503, b""), answer())
    bench.fetcher().post("data", {"selection": ["Årstall"]})
    bench.fetcher().post("data", b'{"a": 1}')
    assert [json.loads(asked.body) for asked in script.asked] == [
        {"selection": ["Årstall"]}, {"selection": ["Årstall"]}, {"a": 1},
    ]  # fmt: skip
    assert {asked.method for asked in script.asked} == {"POST"}
    assert script.asked[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "method"),
    [(301, "POST"), (302, "POST"), (303, "GET"), (307, "POST"), (308, "POST")],
)
def test_a_redirected_post_stays_a_question(bench: Bench, status: int, method: str) -> None:
    bench.play("data", moved(f"{bench.room}/there", status))
    there = bench.play("there", answer())
    got = bench.fetcher().post("data", {"a": 1})
    assert there.asked[0].method == method
    assert there.asked[0].body == (b'{"a": 1}' if method == "POST" else b"")
    assert got.url == f"{bench.base}/there"


def test_a_redirect_may_hold_norwegian_letters(bench: Bench) -> None:
    bench.play("data", moved(f"{bench.room}/helt-ledige-år".encode().decode("latin-1")))
    bench.play("helt-ledige-%C3%A5r", answer())
    assert bench.fetcher().get("data").body == BODY


def test_what_one_has_is_not_sent_again(bench: Bench) -> None:
    script = bench.play("file", answer(304, b"", ETag='"v2"'))
    oslo = timezone(timedelta(hours=1))
    got = bench.fetcher().get("file", etag='W/"v2"', modified=datetime(2026, 6, 11, 8, tzinfo=oslo))
    assert (got.status, got.body, got.unchanged) == (304, b"", True)
    assert got.headers["etag"] == '"v2"'
    assert script.asked[0].headers["if-none-match"] == 'W/"v2"'
    assert script.asked[0].headers["if-modified-since"] == "Thu, 11 Jun 2026 07:00:00 GMT"


def test_a_newer_file_comes_whole_though_asked_conditionally(bench: Bench) -> None:
    bench.play("file", answer(ETag='"v3"'))
    got = bench.fetcher().get("file", etag='"v2"', modified="Thu, 11 Jun 2026 07:00:00 GMT")
    assert (got.status, got.body) == (200, BODY)


def test_the_contact_stands_in_the_user_agent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = bench.play("data", answer())
    bench.fetcher().get("data")
    monkeypatch.setenv("KOMPETANSE_CONTACT", "statistikk@fylke.example")
    bench.fetcher().get("data", headers={"Accept": "application/json"})
    agents = [asked.headers["user-agent"] for asked in script.asked]
    assert agents == ["kompetanse", "kompetanse (statistikk@fylke.example)"]
    assert [asked.headers["accept"] for asked in script.asked] == ["*/*", "application/json"]


@pytest.mark.parametrize("contact", ["a@b.no\r\nX: y", "ola@trøndelag.no", "a" * 201])
def test_a_contact_that_cannot_be_sent_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("KOMPETANSE_CONTACT", contact)
    with pytest.raises(InvalidSetting, match="KOMPETANSE_CONTACT must be"):
        bench.fetcher()


def test_a_header_that_cannot_be_sent_is_named(bench: Bench) -> None:
    with pytest.raises(InvalidSetting, match="cannot be sent"):
        bench.fetcher().get("data", headers={"Accept": "a\r\nX: y"})


def test_no_cookie_is_kept_sent_or_archived(bench: Bench) -> None:
    script = bench.play("data", answer(Set_Cookie="session=abc; Path=/"))
    fetcher = bench.fetcher()
    got = [fetcher.get("data") for _ in range(2)]
    assert all("cookie" not in asked.headers for asked in script.asked)
    assert all("set-cookie" not in each.headers for each in got)


def test_logins_of_netrc_stay_at_home(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ola password hemmelig\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    script = bench.play("data", answer())
    bench.fetcher().get("data")
    assert "authorization" not in script.asked[0].headers


def test_a_proxy_of_the_network_is_not_asked_for_loopback(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    bench.play("data", answer())
    assert bench.fetcher().get("data").status == 200


def test_a_login_of_the_mirror_goes_there_and_is_shown_nowhere(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    script = bench.play("data", problem(400, "token=fra-tjenesten?api_key=hemmelig"))
    base = bench.base.replace("://", "://ola:hemmelig@")
    with pytest.raises(SourceRefused) as caught:
        bench.fetcher(base=base).get("data", {"access_token": "hemmelig", "sig": "hemmelig"})
    assert script.asked[0].headers["authorization"] == "Basic b2xhOmhlbW1lbGln"
    assert "access_token=***&sig=***" in caplog.text
    for shown in (caplog.text, str(caught.value), caught.value.url):
        assert "hemmelig" not in shown


def test_no_traceback_shows_a_token(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.play("data", reset())
    secret = "gilemmeh"[::-1]  # a traceback shows the lines of this test
    try:
        bench.fetcher().get("data", {"token": secret})
    except SourceUnreachable:
        logging.getLogger("run").exception("failed")
    assert "SourceUnreachable" in caplog.text
    assert secret not in caplog.text


@pytest.mark.parametrize("login", ["", "ola:hemmelig@"])
def test_an_authorization_does_not_follow_to_another_host(bench: Bench, login: str) -> None:
    elsewhere = f"localhost:{bench.server.server_address[1]}"
    here = bench.play("data", moved(f"http://{elsewhere}{bench.room}/there"))
    there = bench.play("there", answer())
    fetcher = bench.fetcher(base=bench.base.replace("://", f"://{login}"))
    hosts = fetcher.target.authorities | {elsewhere}
    fetcher.target = replace(fetcher.target, authorities=hosts)
    own = {} if login else {"Authorization": "Bearer abcdef"}
    fetcher.get("data", headers={"X-Kept": "1", **own})
    assert "authorization" in here.asked[0].headers
    assert "authorization" not in there.asked[0].headers
    assert there.asked[0].headers["x-kept"] == "1"


def test_a_redirect_with_a_login_in_it_is_not_followed(bench: Bench) -> None:
    bench.play("data", moved(bench.base.replace("://", "://ola:hemmelig@") + "/there"))
    with pytest.raises(ForeignRedirect) as caught:
        bench.fetcher().get("data")
    assert "hemmelig" not in str(caught.value)


def test_a_bomb_never_fills_the_memory(bench: Bench) -> None:
    bench.play("data", bomb(128))
    fetcher = bench.fetcher(compressed=1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLarge):
            fetcher.get("data")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_a_large_answer_comes_whole(bench: Bench) -> None:
    body = bytes(range(256)) * 3_000
    bench.play("data", answer(200, gzip.compress(body), Content_Encoding="gzip"))
    assert bench.fetcher().get("data").body == body


def test_an_error_carries_status_and_body_for_the_protocols_client(bench: Bench) -> None:
    bench.play("data", problem(400, "Too many cells selected"))
    bench.play("twice", answer(500, b""))
    fetcher = bench.fetcher()
    with pytest.raises(SourceRefused) as refused:
        fetcher.get("data")
    assert (refused.value.status, json.loads(refused.value.body)["status"]) == (400, 400)
    with pytest.raises(SourceUnreachable) as unreachable:
        fetcher.get("twice")
    assert (unreachable.value.status, unreachable.value.body) == (500, b"")


def test_nobody_there(bench: Bench) -> None:
    with pytest.raises(SourceUnreachable, match=r"refused.*KOMPETANSE_NAV_BASE is set"):
        bench.fetcher("nav", base="http://127.0.0.1:9").get("side")


def test_other_hosts_are_not_asked(bench: Bench) -> None:
    fetcher = bench.fetcher()
    with pytest.raises(ForeignAddress, match="outside the hosts of SSB"):
        fetcher.get("https://example.org/data")
    with pytest.raises(InsecureAddress):
        fetcher.get("http://example.org/data")


def test_connections_are_used_again(bench: Bench) -> None:
    ports: set[int] = set()

    def act(handler: Any) -> None:
        ports.add(handler.client_address[1])
        packed()(handler)

    bench.play("data", act)
    fetcher = bench.fetcher()
    for _ in range(5):
        fetcher.get("data")
    assert len(ports) == 1


def test_threads_may_share_a_fetcher(bench: Bench) -> None:
    script = bench.play("data", answer(503, b""), packed(), reset(), packed())
    fetcher: Fetcher = bench.fetcher()
    bodies: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: bodies.append(fetcher.get("data").body)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert bodies == [BODY] * 8
    assert len(script.asked) == 10
