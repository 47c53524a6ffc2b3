"""Settings: from the environment alone, refused with the name of the variable and no secret."""

from __future__ import annotations

import pytest

from pipeline.notify import settings
from pipeline.notify.channels import File, Mail, Webhook
from sources.http.errors import InvalidSetting

MAIL = {
    "KOMPETANSE_NOTIFY_SMTP": "smtp.example.org",
    "KOMPETANSE_NOTIFY_FROM": "kompetanse@example.org",
    "KOMPETANSE_NOTIFY_TO": "en@example.org, to@example.org",
}
SECRET = "hemmelig-1234"


def test_nothing_is_set_by_default() -> None:
    assert settings.channels({}) == []
    assert settings.per_hour({}) == settings.PER_HOUR


def test_every_channel_can_be_set() -> None:
    hook = {"KOMPETANSE_NOTIFY_WEBHOOK": "https://example.org/x", "KOMPETANSE_NOTIFY_FILE": "n.txt"}
    mail, webhook, file = settings.channels(MAIL | hook)
    assert isinstance(mail, Mail)
    assert (mail.port, mail.security) == (587, "starttls")
    assert mail.receivers == ("en@example.org", "to@example.org")
    assert isinstance(webhook, Webhook)
    assert isinstance(file, File)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"KOMPETANSE_NOTIFY_SMTP_TLS": "none"}, "SMTP_TLS"),
        ({"KOMPETANSE_NOTIFY_SMTP_TLS": "ssl3"}, "SMTP_TLS"),
        ({"KOMPETANSE_NOTIFY_SMTP": "smtp.example.org:mail"}, "port"),
        ({"KOMPETANSE_NOTIFY_TO": ""}, "TO"),
        ({"KOMPETANSE_NOTIFY_FROM": "a@example.org\nBcc: b@example.org"}, "FROM"),
        ({"KOMPETANSE_NOTIFY_WEBHOOK": f"http://example.org/{SECRET}"}, "https"),
        ({"KOMPETANSE_NOTIFY_WEBHOOK": f"example.org/{SECRET}"}, "WEBHOOK"),
        ({"KOMPETANSE_NOTIFY_WEBHOOK": f"https://e.org/{SECRET}",
          "KOMPETANSE_NOTIFY_WEBHOOK_FORM": "fax"}, "WEBHOOK_FORM"),
    ],
    ids=["in the clear", "no such TLS", "no port", "nobody", "header", "plain http", "no address",
         "no such form"],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named(changes: dict[str, str], word: str) -> None:
    with pytest.raises(InvalidSetting, match=word) as caught:
        settings.channels(MAIL | {"KOMPETANSE_NOTIFY_SMTP_PASSWORD": SECRET} | changes)
    assert "KOMPETANSE_NOTIFY_" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_the_ceiling_is_a_number(text: str) -> None:
    with pytest.raises(InvalidSetting, match="PER_HOUR"):
        settings.per_hour({"KOMPETANSE_NOTIFY_PER_HOUR": text})
