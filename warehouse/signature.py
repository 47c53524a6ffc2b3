"""Signature: a detached signature of a release's manifest, in the format of minisign.

Ed25519 over the BLAKE2b hash of the manifest, with a trusted comment that is signed too. The
manifest names the hash of every other file, so it answers for the whole release
(warehouse/release.py). Keys are given, never made or stored here, and never printed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sources.model import KompetanseError
from warehouse.release import MANIFEST, SIGNATURE

if TYPE_CHECKING:
    from pathlib import Path

KEY_VARIABLE = "KOMPETANSE_SIGNING_KEY"
_TRUSTED = "trusted comment: "
_UNTRUSTED = "untrusted comment: "
_KEY, _PREHASHED = b"Ed", b"ED"
_PLAIN, _CHECKSUM = b"\0\0", b"B2"
_SEED, _PUBLIC, _SECRET, _SIGNATURE = 32, 42, 158, 74
# In minisign's secret key: after the algorithms (6), salt (32) and limits (16) come id and key.
_ID_AT = 54
_LINES = 4


class CannotSign(KompetanseError):
    """The signing key that is set is not one; the key itself is never shown."""


class BadSignature(KompetanseError):
    """A release's manifest is not signed by the key it should be signed by; says what is wrong."""


@dataclass(frozen=True, repr=False)
class SigningKey:
    """An Ed25519 seed with minisign's id of the key (8 bytes)."""

    identity: bytes
    seed: bytes


def key_from_environment() -> SigningKey | None:
    """Key in KOMPETANSE_SIGNING_KEY, None if it is not set; raises CannotSign.

    Either a secret key of `minisign -G -W` (the file's text, or its last line), or a seed of 32
    random bytes in base64, whose id is then the beginning of the public key's BLAKE2b hash.
    """
    text = os.environ.get(KEY_VARIABLE, "").strip()
    if not text:
        return None
    raw = _base64(text.splitlines()[-1])
    if raw is not None and len(raw) == _SEED:
        identity = hashlib.blake2b(_public(raw), digest_size=8).digest()
        return SigningKey(identity, raw)
    if raw is None or len(raw) != _SECRET or raw[:2] != _KEY or raw[4:6] != _CHECKSUM:
        raise CannotSign(
            f"{KEY_VARIABLE} is neither a secret key of minisign nor 32 bytes in base64. "
            "Nothing was signed or published. Set it anew, or unset it to publish unsigned."
        )
    if raw[2:4] != _PLAIN:
        raise CannotSign(
            f"{KEY_VARIABLE} is a key with a password. Nothing was signed or published. "
            "Make one without (`minisign -G -W`), and keep it where the refresh runs only."
        )
    identity, seed, public = raw[_ID_AT:62], raw[62:94], raw[94:126]
    if _public(seed) != public:
        raise CannotSign(f"{KEY_VARIABLE} is damaged: its two halves do not belong together.")
    return SigningKey(identity, seed)


def public_key(key: SigningKey) -> str:
    """Public key that verifies what the key signs, as minisign writes it (one line)."""
    return base64.b64encode(_KEY + key.identity + _public(key.seed)).decode()


def sign(folder: Path, key: SigningKey) -> Path:
    """Write the signature beside the manifest of a release and return its path."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    body = (folder / MANIFEST).read_bytes()
    release_id = json.loads(body)["release_id"]
    comment = f"timestamp:{int(time.time())}\tfile:{MANIFEST}\trelease:{release_id}\thashed"
    secret = Ed25519PrivateKey.from_private_bytes(key.seed)
    signed = secret.sign(_hash(body))
    whole = secret.sign(signed + comment.encode())
    lines = [
        f"{_UNTRUSTED}signature of a release of kompetanse",
        base64.b64encode(_PREHASHED + key.identity + signed).decode(),
        f"{_TRUSTED}{comment}",
        base64.b64encode(whole).decode(),
    ]
    path = folder / SIGNATURE
    path.unlink(missing_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


def verify(folder: Path, public: str) -> str:
    """Check the signature of a release's manifest and return its trusted comment.

    public: minisign's public key, the line or the whole file. That the other files are those of
    the manifest is checked by warehouse/release.py. Raises BadSignature.
    """
    identity, key = _read_public(public)
    signer, signed, comment, whole = _read_signature(folder)
    if signer != identity:
        raise BadSignature(
            f"{folder / SIGNATURE} was made with key {_shown(signer)}, not with {_shown(identity)}."
            " Either this is not the publisher's key, or the release is not the publisher's."
        )
    try:
        body = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise BadSignature(f"{folder} has no {MANIFEST} that can be read: {error}") from error
    if not _holds(key, signed, _hash(body)):
        raise BadSignature(f"{folder / MANIFEST} is not what was signed. Do not use the release.")
    if not _holds(key, whole, signed + comment.encode()):
        raise BadSignature(
            f"{folder / SIGNATURE}: the trusted comment has been changed. Do not rely on it."
        )
    return comment


def _read_public(text: str) -> tuple[bytes, bytes]:
    lines = text.strip().splitlines()
    raw = _base64(lines[-1]) if lines else None
    if raw is None or len(raw) != _PUBLIC or raw[:2] != _KEY:
        raise BadSignature(
            "The public key is not one of minisign: one line of 56 letters that begins with RW, "
            "or the file that has it."
        )
    return raw[2:10], raw[10:]


def _read_signature(folder: Path) -> tuple[bytes, bytes, str, bytes]:
    path = folder / SIGNATURE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise BadSignature(
            f"{folder} is not signed: there is no {SIGNATURE}. It was published without "
            f"{KEY_VARIABLE}, or the signature was taken away."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSignature(f"{path} cannot be read: {error}") from error
    whole = len(lines) == _LINES and lines[2].startswith(_TRUSTED)
    raw = _base64(lines[1]) if whole else None
    over_all = _base64(lines[3]) if whole else None
    if raw is None or over_all is None or len(raw) != _SIGNATURE or raw[:2] != _PREHASHED:
        raise BadSignature(f"{path} is not a signature of minisign (prehashed, four lines).")
    return raw[2:10], raw[10:], lines[2].removeprefix(_TRUSTED), over_all


def _holds(key: bytes, signed: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _public(seed: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _hash(body: bytes) -> bytes:
    return hashlib.blake2b(body).digest()


def _shown(identity: bytes) -> str:
    return identity[::-1].hex().upper()


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
