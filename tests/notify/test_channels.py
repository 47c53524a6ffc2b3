"""Channels against real local servers: mail over verified TLS, webhooks, a file."""

from __future__ import annotations

import json
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.notify.channels import PLAIN, STARTTLS, TLS, File, Mail, NotDelivered, Webhook
from pipeline.notify.message import Notice
from sources.registry import Text
from tests.http.server import Server, answer
from tests.notify.servers import PASSWORD, USER, Post, certificate, post_office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOTICE = Notice(
    keys=("trondelag raw/ssb/09429",),
    kind="failed",
    county="trondelag",
    title=Text("Tallene for Trøndelag ble ikke oppdatert", "Figures were not refreshed"),
    body=Text("Kilden svarte ikke på <spørsmålet> & mer.", "The source did not answer."),
)
SENDER, RECEIVERS = "kompetanse@example.org", ("utvalg@example.org", "vakt@example.org")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("post") / "own.pem")


@pytest.fixture(scope="module")
def context(own: Path) -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(own)
    return found


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def mail(post: Post, security: str, **changes: Any) -> Mail:
    made = Mail("127.0.0.1", post.port, SENDER, RECEIVERS, security)
    return replace(made, **changes)


@pytest.mark.parametrize("security", [STARTTLS, TLS])
def test_a_mail_goes_encrypted_to_all_receivers(
    security: str, own: Path, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with post_office(context, tls_first=security == TLS) as post:
        mail(post, security, user=USER, password=PASSWORD).send(NOTICE)
    ((sender, receivers, sent),) = post.mails
    assert (sender, tuple(receivers)) == (SENDER, RECEIVERS)
    assert post.logins == [(USER, PASSWORD)]
    assert post.in_the_clear == []
    assert sent["Subject"] == f"{NOTICE.title.nb} / {NOTICE.title.en}"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert "spørsmålet" in sent.get_content()
    assert NOTICE.body.en in sent.get_content()


@pytest.mark.parametrize("security", [STARTTLS, TLS])
def test_a_mail_server_that_nobody_vouches_for_gets_nothing(
    security: str, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with post_office(context, tls_first=security == TLS) as post:
        with pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"):
            mail(post, security, user=USER, password=PASSWORD).send(NOTICE)
        assert (post.mails, post.logins, post.in_the_clear) == ([], [], [])


def test_a_mail_server_without_tls_is_told_nothing() -> None:
    with post_office() as post:
        with pytest.raises(NotDelivered, match="STARTTLS"):
            mail(post, STARTTLS, user=USER, password=PASSWORD).send(NOTICE)
        assert (post.mails, post.logins, post.in_the_clear) == ([], [], [])


def test_a_refusal_is_told_without_the_password(
    own: Path, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with post_office(context) as post:
        wrong = f"not-{PASSWORD}"
        with pytest.raises(NotDelivered, match="535") as caught:
            mail(post, STARTTLS, user=USER, password=wrong).send(NOTICE)
        post.refuse = "550 no mail from you"
        with pytest.raises(NotDelivered, match="550"):
            mail(post, STARTTLS).send(NOTICE)
    assert wrong not in str(caught.value)
    assert wrong not in repr(mail(post, STARTTLS, password=wrong))


def test_a_mail_server_that_is_away_is_no_crash() -> None:
    with post_office() as post:
        pass
    with pytest.raises(NotDelivered, match="KOMPETANSE_NOTIFY_SMTP"):
        mail(post, PLAIN).send(NOTICE)


@pytest.mark.parametrize("form", ["teams", "slack", "json"])
def test_a_webhook_gets_the_form_it_takes(form: str, server: Server) -> None:
    script = server.play("/hook", answer(202, b"1"))
    Webhook(f"{server.base}/hook?sig=abc123secret", form).send(NOTICE)
    (asked,) = script.asked
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
    sent = json.loads(asked.body)
    if form == "json":
        assert sent["title"] == {"nb": NOTICE.title.nb, "en": NOTICE.title.en}
        assert (sent["kind"], sent["county"]) == ("failed", "trondelag")
    elif form == "slack":
        assert "&lt;spørsmålet&gt; &amp; mer" in sent["text"]
    else:
        (attached,) = sent["attachments"]
        assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert attached["content"]["type"] == "AdaptiveCard"
        texts = [block["text"] for block in attached["content"]["body"]]
        assert texts == [NOTICE.title.nb, NOTICE.body.nb, NOTICE.title.en, NOTICE.body.en]


@pytest.mark.parametrize(
    ("status", "headers"),
    [(404, {}), (500, {}), (302, {"Location": "http://127.0.0.1:1/elsewhere"})],
    ids=["gone", "broken", "moved"],
)
def test_a_webhook_that_does_not_take_it_is_told_without_its_address(
    status: int, headers: dict[str, str], server: Server
) -> None:
    script = server.play("/hook", answer(status, b"", **headers))
    hook = Webhook(f"{server.base}/hook?sig=abc123secret", "json")
    with pytest.raises(NotDelivered, match=f"HTTP {status}") as caught:
        hook.send(NOTICE)
    assert len(script.asked) == 1
    assert "abc123secret" not in str(caught.value) + repr(hook)
    assert server.base not in str(caught.value)


def test_a_file_holds_every_message(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "notices.txt"
    File(path).send(NOTICE)
    File(path).send(NOTICE)
    assert path.read_text(encoding="utf-8").count(NOTICE.body.nb) == 2
    with pytest.raises(NotDelivered, match="KOMPETANSE_NOTIFY_FILE"):
        File(tmp_path / "new folder").send(NOTICE)
