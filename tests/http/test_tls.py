"""Certificates: one that nobody vouches for is refused at once, one that is trusted works."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from sources.http import InsecureAddress
from tests.http.server import BODY, Server, answer, packed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.http.conftest import Bench


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key for 127.0.0.1 that vouch for themselves, made for this run."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="module")
def secure(certificate: Path) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Server(context)
    yield server
    server.close()


def base_of(server: Server) -> str:
    return server.base.replace("http://", "https://")


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(
    bench: Bench, secure: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    script = secure.play("/x/data", answer())
    with pytest.raises(InsecureAddress, match=r"self-signed.*REQUESTS_CA_BUNDLE") as caught:
        bench.fetcher(base=f"{base_of(secure)}/x").get("data")
    assert (script.asked, caught.value.tries, bench.clock.slept) == ([], 1, [])


def test_a_certificate_that_the_network_vouches_for_is_trusted(
    bench: Bench, secure: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    secure.play("/y/data", answer(503, b""), packed())
    assert bench.fetcher(base=f"{base_of(secure)}/y").get("data").body == BODY


def test_a_certificate_for_another_name_is_refused(
    bench: Bench, secure: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    base = base_of(secure).replace("127.0.0.1", "localhost")
    with pytest.raises(InsecureAddress, match="certificate"):
        bench.fetcher(base=base).get("data")


def test_a_service_that_does_not_speak_tls_is_not_asked_in_the_clear(bench: Bench) -> None:
    script = bench.play("data", answer())
    with pytest.raises(Exception, match="TLS failed"):
        bench.fetcher(base=bench.base.replace("http://", "https://")).get("data")
    assert not script.asked
