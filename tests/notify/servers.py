"""A small SMTP server, with STARTTLS or TLS where a test asks for it, and what it was sent."""

from __future__ import annotations

import base64
import email
import email.policy
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

PASSWORD = "hemmelig-passord-1234"
USER = "varsler"


@dataclass
class Post:
    """What the server was sent: envelopes with their mail, logins, whether in the clear."""

    port: int = 0
    mails: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    in_the_clear: list[str] = field(default_factory=list)
    refuse: str = ""


class Talk(socketserver.StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        self.secure, post = self.server.tls_first, self.server.post
        if self.secure and not self._encrypt():
            return
        self._say("220 post.invalid ESMTP")
        self.sender, self.receivers = "", list[str]()
        said = {"STAR": self._start_tls, "AUTH": self._login, "MAIL": self._from, "RCPT": self._to,
                "DATA": self._data}  # fmt: skip
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            word = line[:4].upper()
            if not self.secure and word in ("AUTH", "MAIL", "DATA"):
                post.in_the_clear.append(line)
            if word == "QUIT":
                self._say("221 bye")
                return
            said.get(word, self._greet)(line)

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _start_tls(self, _line: str) -> None:
        self._say("220 go ahead")
        self.secure = self._encrypt()

    def _from(self, line: str) -> None:
        self.sender = line.partition(":")[2].split()[0].strip("<>")
        self._say(self.server.post.refuse or "250 ok")

    def _to(self, line: str) -> None:
        self.receivers.append(line.partition(":")[2].split()[0].strip("<>"))
        self._say("250 ok")

    def _data(self, _line: str) -> None:
        self._say("354 go on")
        self.server.post.mails.append((self.sender, self.receivers, self._mail()))
        self._say("250 taken")

    def _greet(self, _line: str) -> None:
        offers = ["AUTH PLAIN"] if self.secure else []
        if self.server.context and not self.secure:
            offers.append("STARTTLS")
        for offer in ["post.invalid", *offers]:
            self._say(f"250-{offer}")
        self._say("250 8BITMIME")

    def _login(self, line: str) -> None:
        _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
        self.server.post.logins.append((user, password))
        right = (user, password) == (USER, PASSWORD)
        self._say("235 welcome" if right else f"535 no such pair {password}")

    def _mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)

    def _encrypt(self) -> bool:
        assert self.server.context is not None
        try:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        except OSError:  # the client does not trust the certificate
            return False
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()


class PostOffice(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, context: ssl.SSLContext | None, *, tls_first: bool) -> None:
        self.context, self.tls_first = context, tls_first
        super().__init__(("127.0.0.1", 0), Talk)
        self.post = Post(port=self.server_address[1])

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the tests."""


@contextmanager
def post_office(
    context: ssl.SSLContext | None = None, *, tls_first: bool = False
) -> Iterator[Post]:
    """Serve SMTP on a free loopback port; with a context, over TLS at once or by STARTTLS."""
    server = PostOffice(context, tls_first=tls_first)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.post
    finally:
        server.shutdown()
        server.server_close()


def certificate(path: Path) -> Path:
    """Write certificate and key for 127.0.0.1 that vouch for themselves."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    own = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
        .public_key(key.public_key()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).add_extension(own, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )  # fmt: skip
    made = builder.sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    path.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return path
