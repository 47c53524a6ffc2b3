"""Settings of messages, from the environment and from nowhere else.

A setting that cannot be used is an error that names it; the values of secrets are never shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.notify.channels import PAYLOADS, PLAIN, STARTTLS, TLS, File, Mail, Webhook
from sources.http.addresses import is_loopback, split
from sources.http.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.notify.channels import Channel

PREFIX = "KOMPETANSE_NOTIFY_"
PORTS = {STARTTLS: 587, TLS: 465, PLAIN: 25}
PER_HOUR = 6
_HIGHEST_PORT = 65535


def channels(environ: Mapping[str, str]) -> list[Channel]:
    """Channels that the environment sets; none by default. Raises InvalidSetting."""
    found: list[Channel] = []
    if _get(environ, "SMTP"):
        found.append(_mail(environ))
    if _get(environ, "WEBHOOK"):
        found.append(_webhook(environ))
    if path := _get(environ, "FILE"):
        found.append(File(Path(path)))
    return found


def per_hour(environ: Mapping[str, str]) -> int:
    """Most messages in any hour. Raises InvalidSetting."""
    wanted = _get(environ, "PER_HOUR")
    if wanted and not (wanted.isdecimal() and int(wanted)):
        raise InvalidSetting(f"{PREFIX}PER_HOUR: a number from 1 was expected, not {wanted[:20]!r}")
    return int(wanted) if wanted else PER_HOUR


def _mail(environ: Mapping[str, str]) -> Mail:
    host, _, port = _get(environ, "SMTP").partition(":")
    security = _get(environ, "SMTP_TLS") or STARTTLS
    if security not in PORTS:
        raise InvalidSetting(f"{PREFIX}SMTP_TLS is {' or '.join(PORTS)}, not {security[:20]!r}")
    if security == PLAIN and not is_loopback(host):
        raise InvalidSetting(
            f"{PREFIX}SMTP_TLS=none is accepted for this machine itself only, not for {host}"
        )
    if port and not (port.isdecimal() and 0 < int(port) <= _HIGHEST_PORT):
        raise InvalidSetting(f"{PREFIX}SMTP: {port[:20]!r} is no port; it looks like host:587")
    sender, to = _get(environ, "FROM"), _get(environ, "TO")
    receivers = tuple(each.strip() for each in to.split(",") if each.strip())
    wrong = [a for a in (sender, *receivers) if "@" not in a or not a.isprintable() or " " in a]
    if wrong or not receivers:
        raise InvalidSetting(
            f"{PREFIX}FROM and {PREFIX}TO must be e-mail addresses (several in TO with commas)"
        )
    user, password = _get(environ, "SMTP_USER"), _get(environ, "SMTP_PASSWORD")
    return Mail(host, int(port or PORTS[security]), sender, receivers, security, user, password)


def _webhook(environ: Mapping[str, str]) -> Webhook:
    url, form = _get(environ, "WEBHOOK"), _get(environ, "WEBHOOK_FORM") or "json"
    if form not in PAYLOADS:
        raise InvalidSetting(f"{PREFIX}WEBHOOK_FORM is {' or '.join(PAYLOADS)}, not {form[:20]!r}")
    try:
        parts = split(url)
    except InvalidSetting:
        # The address is a secret, so what is wrong with it is not shown.
        raise InvalidSetting(f"{PREFIX}WEBHOOK is not a web address that can be asked") from None
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise InvalidSetting(f"{PREFIX}WEBHOOK must begin with https://")
    return Webhook(url, form)


def _get(environ: Mapping[str, str], name: str) -> str:
    return environ.get(PREFIX + name, "").strip()
