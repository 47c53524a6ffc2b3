"""A release's signature: minisign reads it, and whatever has been changed is told."""

from __future__ import annotations

import base64
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.crash import processes, small
from warehouse import publish, release, signature

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEED = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(1, 33))).decode()


def key(monkeypatch: pytest.MonkeyPatch, text: str) -> signature.SigningKey:
    monkeypatch.setenv(signature.KEY_VARIABLE, text)
    found = signature.key_from_environment()
    assert found is not None
    return found


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published release, signed with SEED, whose files a thief may write in."""
    monkeypatch.setenv(signature.KEY_VARIABLE, SEED)
    workspace = processes.place(tmp_path)
    small.stage(workspace, 7)
    published = publish.publish(workspace)
    copy = shutil.copytree(published, tmp_path / "copy", copy_function=shutil.copyfile)
    copy.chmod(0o700)
    return copy


@pytest.fixture
def minisign() -> str:
    """The minisign program."""
    found = shutil.which("minisign")
    if found is None:
        pytest.skip("minisign is not installed (Debian: apt install minisign)")
    return found


def test_what_was_published_with_a_key_is_signed(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = signature.public_key(key(monkeypatch, SEED))
    comment = signature.verify(signed, public)
    assert "release:demo-trondelag-2026-09-11-000000000007" in comment
    assert signature.verify(signed, f"untrusted comment: of the county\n{public}\n") == comment
    release.verify(signed)


def change(name: str, old: str, new: str) -> Callable[[Path], object]:
    def changed(folder: Path) -> object:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        (folder / name).unlink()
        return path.write_text(text.replace(old, new), encoding="utf-8")

    return changed


@pytest.mark.parametrize(
    ("thief", "says"),
    [
        (change(release.MANIFEST, "version 7", "version 8"), "is not what was signed"),
        (change(release.SIGNATURE, "release:demo", "release:true"), "trusted comment has been"),
        (lambda folder: (folder / release.SIGNATURE).unlink(), "is not signed"),
        (change(release.SIGNATURE, "\ntrusted", "\ndistrusted"), "is not a signature of minisign"),
        (change(release.SIGNATURE, "\nRU", "\n!!"), "is not a signature of minisign"),
        (lambda folder: (folder / release.MANIFEST).unlink(), "has no manifest.json"),
    ],
    ids=["manifest", "trusted comment", "no signature", "lines", "letters", "no manifest"],
)
def test_what_has_been_changed_is_told(
    signed: Path, monkeypatch: pytest.MonkeyPatch, thief: Callable[[Path], object], says: str
) -> None:
    public = signature.public_key(key(monkeypatch, SEED))
    thief(signed)
    with pytest.raises(signature.BadSignature, match=says):
        signature.verify(signed, public)


def test_another_key_is_told_by_its_id(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = signature.public_key(key(monkeypatch, OTHER))
    with pytest.raises(signature.BadSignature, match=r"made with key [0-9A-F]{16}, not with"):
        signature.verify(signed, other)
    # The other's key under the publisher's id, as a forger would hand it out.
    mine = base64.b64decode(signature.public_key(key(monkeypatch, SEED)))
    forged = base64.b64encode(mine[:10] + base64.b64decode(other)[10:]).decode()
    with pytest.raises(signature.BadSignature, match="is not what was signed"):
        signature.verify(signed, forged)
    with pytest.raises(signature.BadSignature, match="not one of minisign"):
        signature.verify(signed, "RWsomething")


@pytest.mark.parametrize("text", ["secret!", SEED[:-8], "x" * 200, base64.b64encode(bytes(158))])
def test_a_bad_signing_key_stops_publishing_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | bytes
) -> None:
    text = text if isinstance(text, str) else text.decode()
    workspace = processes.place(tmp_path)
    small.stage(workspace, 1)
    monkeypatch.setenv(signature.KEY_VARIABLE, text)
    with pytest.raises(signature.CannotSign) as raised:
        publish.publish(workspace)
    assert text not in str(raised.value)
    assert text not in repr(raised.value.__cause__)
    assert release.current(workspace) is None
    assert SEED not in repr(key(monkeypatch, SEED))


def test_minisign_accepts_our_signature(
    signed: Path, minisign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = signature.public_key(key(monkeypatch, SEED))
    ran = subprocess.run(
        [minisign, "-V", "-H", "-P", public, "-m", signed / release.MANIFEST],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "Signature and comment signature verified" in ran.stdout
    assert "release:demo-trondelag" in ran.stdout


def test_we_take_minisigns_keys_and_accept_its_signature(
    signed: Path, minisign: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    public, secret = tmp_path / "key.pub", tmp_path / "key.sec"
    subprocess.run([minisign, "-G", "-W", "-p", public, "-s", secret], check=True)
    found = key(monkeypatch, secret.read_text(encoding="utf-8"))
    assert signature.public_key(found) in public.read_text(encoding="utf-8")
    (signed / release.SIGNATURE).unlink()
    manifest = signed / release.MANIFEST
    subprocess.run([minisign, "-S", "-s", secret, "-m", manifest, "-t", "by hand"], check=True)
    assert signature.verify(signed, public.read_text(encoding="utf-8")) == "by hand"
    half = base64.b64decode(secret.read_text(encoding="utf-8").splitlines()[-1])
    damaged = base64.b64encode(half[:70] + bytes(4) + half[74:]).decode()
    with pytest.raises(signature.CannotSign, match="two halves"):
        key(monkeypatch, damaged)
    locked = base64.b64encode(half[:2] + b"Sc" + half[4:]).decode()
    with pytest.raises(signature.CannotSign, match="with a password"):
        key(monkeypatch, locked)
