"""Channels: the ways a message goes out: e-mail, webhook, file. TLS is always verified.

Which channels there are is settings.py, whether a message goes out at all limit.py.
"""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from sources.http.addresses import redact
from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from smtplib import SMTP

    from pipeline.notify.message import Notice

SECONDS = 20.0
STARTTLS, TLS, PLAIN = "starttls", "tls", "none"
TEAMS, SLACK, JSON = "teams", "slack", "json"


class NotDelivered(KompetanseError):
    """A channel did not take a message: which, why, and what to look at."""


class Channel(Protocol):
    """A way out."""

    @property
    def name(self) -> str:
        """What the channel is called in messages."""

    def send(self, notice: Notice) -> None:
        """Send one message; raises NotDelivered."""


@dataclass(frozen=True)
class Mail:
    """E-mail by SMTP. security: "starttls", "tls" from the first byte, or "none" (loopback)."""

    host: str
    port: int
    sender: str
    receivers: tuple[str, ...]
    security: str = STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    name: str = "e-mail"

    def send(self, notice: Notice) -> None:
        """Send one mail to all receivers; raises NotDelivered."""
        from email.message import EmailMessage
        from email.utils import format_datetime, make_msgid
        from smtplib import SMTPException

        mail = EmailMessage()
        mail["Subject"] = f"{notice.title.nb} / {notice.title.en}"
        mail["From"], mail["To"] = self.sender, ", ".join(self.receivers)
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = make_msgid(domain="kompetanse.invalid")
        # Keeps holiday answers from coming back.
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(notice.text())
        try:
            with self._connected() as server:
                server.send_message(mail)
        except (SMTPException, OSError, ValueError) as error:
            raise NotDelivered(
                f"The mail server {self.host}:{self.port} did not take the message: "
                f"{self._told(error)}. Look at the KOMPETANSE_NOTIFY_SMTP settings."
            ) from None

    def _connected(self) -> SMTP:
        import smtplib
        import ssl

        context = ssl.create_default_context()
        if self.security == TLS:
            server: SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        with ExitStack() as stack:
            stack.callback(server.close)
            if self.security == STARTTLS:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            stack.pop_all()
        return server

    def _told(self, error: Exception) -> str:
        told = redact(f"{type(error).__name__}: {error}")
        return told.replace(self.password, "***") if self.password else told


@dataclass(frozen=True)
class Webhook:
    """A POST to an address that takes messages. form: "teams", "slack" or "json".

    Redirects are not followed, and no other host is ever asked.
    """

    url: str = field(repr=False)
    form: str = JSON
    name: str = "webhook"

    def send(self, notice: Notice) -> None:
        """Post one message; raises NotDelivered."""
        from sources.http import Limits, wire
        from sources.http.faults import Fault
        from sources.http.fetch import user_agent
        from sources.http.session import session

        body = json.dumps(PAYLOADS[self.form](notice), ensure_ascii=False).encode()
        limits = Limits(total=SECONDS, read=SECONDS, compressed=100_000, decompressed=100_000)
        question = wire.Question("POST", self.url, {"Content-Type": "application/json"}, body)
        using = session(user_agent(os.environ))
        with using:
            got = wire.exchange(using, question, limits, SECONDS, _no_check, _no_headers)
        if isinstance(got, Fault) or got.status not in wire.SUCCESS:
            what = got.what if isinstance(got, Fault) else f"HTTP {got.status}"
            # The address of a webhook is its password.
            raise NotDelivered(
                f"The webhook did not take the message: {what.replace(self.url, '***')}. "
                "Look at KOMPETANSE_NOTIFY_WEBHOOK."
            )


@dataclass(frozen=True)
class File:
    """A text file to which messages are appended."""

    path: Path
    name: str = "file"

    def send(self, notice: Notice) -> None:
        """Append one message; raises NotDelivered."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"=== {at} {notice.kind} {notice.county}\n{notice.text()}\n")
        except OSError as error:
            raise NotDelivered(
                f"The message could not be written: {error.strerror or error}. "
                "Look at KOMPETANSE_NOTIFY_FILE."
            ) from error


def plain(notice: Notice) -> dict[str, Any]:
    """A message as JSON for programs."""
    return {
        "kind": notice.kind,
        "county": notice.county,
        "title": {"nb": notice.title.nb, "en": notice.title.en},
        "body": {"nb": notice.body.nb, "en": notice.body.en},
    }


def slack(notice: Notice) -> dict[str, Any]:
    """A message as Slack's incoming webhooks take it."""
    text = notice.text()
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, written)
    return {"text": text}


def teams(notice: Notice) -> dict[str, Any]:
    """A message as an Adaptive Card in the envelope that Teams workflows take."""
    texts = [(notice.title, "Large"), (notice.body, "Default")]
    blocks = [
        {"type": "TextBlock", "text": text[language], "wrap": True, "size": size}
        for language in ("nb", "en")
        for text, size in texts
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


PAYLOADS: dict[str, Callable[[Notice], dict[str, Any]]] = {
    TEAMS: teams,
    SLACK: slack,
    JSON: plain,
}


def _no_check() -> None:
    """The answer is small, and Watch ends an exchange that takes too long."""


def _no_headers(_: dict[str, str] | None) -> None:
    """No turn under a rate limit has to be settled."""
