"""The raw archive keeps every byte, once, and never hands out damaged ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sources.archive import Archive, DamagedArchive, digest
from sources.model import KompetanseError
from sources.recorded import UnusableIndex, import_folder
from sources.registry import load

if TYPE_CHECKING:
    from pathlib import Path


def described(**changes: Any) -> dict[str, Any]:
    base = {
        "source": "ssb", "table": "ssb/09429", "what": "x", "method": "GET", "url": "https://a/b",
        "request_body": None, "status": 200, "content_type": "application/json", "headers": {},
        "as_of": "2025", "fetched_at": None, "name": "ssb/09429/data.json", "licence": "CC BY 4.0",
        "origin": "", "fidelity": "genuine", "note": "",
    }  # fmt: skip
    return base | changes


def test_an_answer_comes_back_byte_for_byte(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    entry, new = archive.add(b"\x00\xff{}", described())
    assert new
    assert archive.body(entry) == b"\x00\xff{}"
    assert archive.find(entry.id[:6]) == entry
    assert archive.find(entry.sha256[:6]) == entry


def test_the_same_answer_to_the_same_question_is_one_entry(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, _ = archive.add(b"{}", described())
    again, new = archive.add(b"{}", described(as_of="2026"))
    other, other_new = archive.add(b"{}", described(url="https://a/c"))
    assert (again, new) == (first, False)
    assert other_new
    assert other.sha256 == first.sha256
    assert len(list((tmp_path / "objects").rglob("*"))) == 2  # one folder, one object


def test_damaged_bytes_are_named_and_never_handed_out(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    good, _ = archive.add(b"good", described())
    bad, _ = archive.add(b"bad", described(url="https://a/c"))
    gone, _ = archive.add(b"gone", described(url="https://a/d"))
    (tmp_path / "objects" / bad.sha256[:2] / bad.sha256).write_bytes(b"b4d")
    (tmp_path / "objects" / gone.sha256[:2] / gone.sha256).unlink()
    with pytest.raises(DamagedArchive) as caught:
        archive.verify()
    assert bad.id in str(caught.value)
    assert gone.id in str(caught.value)
    assert good.id not in str(caught.value)
    with pytest.raises(DamagedArchive, match="bytes hash to"):
        archive.body(bad)
    assert archive.body(good) == b"good"


def test_adding_an_answer_again_mends_its_damaged_bytes(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    entry, _ = archive.add(b"bytes", described())
    (tmp_path / "objects" / entry.sha256[:2] / entry.sha256).write_bytes(b"byt")
    archive.add(b"bytes", described())
    assert archive.verify() == 1


def test_an_unreadable_entry_is_damage_not_a_crash(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    entry, _ = archive.add(b"x", described())
    (tmp_path / "entries" / f"{entry.id}.json").write_text("{", encoding="utf-8")
    with pytest.raises(DamagedArchive, match="cannot be read"):
        archive.verify()


def test_an_entry_that_describes_another_answer_is_damage(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    entry, _ = archive.add(b"x", described())
    path = archive.entry_path(entry.id)
    path.write_bytes(path.read_bytes().replace(b"https://a/b", b"https://a/c"))
    with pytest.raises(DamagedArchive, match="describes another answer"):
        archive.verify()
    mended, new = archive.add(b"x", described())
    assert (mended, new) == (entry, True)
    assert archive.verify() == 1


def test_an_entry_is_read_once_and_anew_when_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sources import archive as module

    archive = Archive(tmp_path)
    for n in range(3):
        archive.add(b"%d" % n, described())
    reads: list[str] = []
    real = module.parsed

    def counted(text: bytes, entry_id: str) -> module.Entry:
        reads.append(entry_id)
        return real(text, entry_id)

    monkeypatch.setattr(module, "parsed", counted)
    first = list(archive.entries())
    assert list(Archive(tmp_path).entries(table="ssb/09429")) == first
    assert len(reads) == 3
    path = archive.entry_path(first[0].id)
    path.write_bytes(path.read_bytes().replace(b'"note": ""', b'"note": "x"'))
    assert "x" in {entry.note for entry in archive.entries()}
    assert len(reads) == 4


def test_find_refuses_an_ambiguous_beginning(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add(b"1", described())
    archive.add(b"2", described())
    with pytest.raises(KompetanseError, match="2 entries of the archive begin with ''"):
        archive.find("")


def folder_with(tmp_path: Path, items: list[dict[str, Any]]) -> Path:
    folder = tmp_path / "recorded"
    folder.mkdir()
    (folder / "a.json").write_bytes(b"{}")
    (folder / "index.json").write_text(json.dumps(items), encoding="utf-8")
    return folder


def item(**changes: Any) -> dict[str, Any]:
    base = {
        "source": "ssb", "what": "x", "method": "GET", "url": "https://a", "status": 200,
        "body": "a.json", "sha256": digest(b"{}"), "licence": "CC BY 4.0", "fidelity": "genuine",
    }  # fmt: skip
    return base | changes


def test_import_takes_all_or_nothing_and_lists_every_problem(tmp_path: Path) -> None:
    bad = [item(), item(body="b.json"), item(body="../a.json"), item(sha256="0" * 64)]
    folder = folder_with(tmp_path, bad)
    archive = Archive(tmp_path / "archive")
    with pytest.raises(UnusableIndex) as caught:
        import_folder(archive, folder, load().values())
    message = str(caught.value)
    assert "entry 1 (b.json): the file does not exist" in message
    assert "entry 2 (../a.json): lies outside the folder" in message
    assert "entry 3 (a.json): sha256 is" in message
    assert list(archive.entries()) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [("{", "is not JSON"), ("{}", "must hold a list"), ('[{"body": "a"}]', "no source, what")],
)
def test_an_unusable_index_is_named(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "index.json").write_text(content, encoding="utf-8")
    with pytest.raises(UnusableIndex, match=says):
        import_folder(Archive(tmp_path / "archive"), tmp_path, [])


def test_a_folder_without_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableIndex, match=r"index\.json does not exist"):
        import_folder(Archive(tmp_path / "archive"), tmp_path, [])


def test_import_twice_adds_nothing(tmp_path: Path, made_up_folder: Path) -> None:
    archive = Archive(tmp_path)
    first = import_folder(archive, made_up_folder, load().values())
    again = import_folder(archive, made_up_folder, load().values())
    assert first.added > 0
    assert (again.added, again.known) == (0, first.added)
    assert archive.verify() == first.added
    assert all(entry.made_up for entry in archive.entries())


def test_the_recorded_answers_are_taken_whole(tmp_path: Path, real: Path) -> None:
    done = import_folder(Archive(tmp_path), real, load().values())
    assert done.added == len(json.loads((real / "index.json").read_bytes()))
    assert Archive(tmp_path).verify() == done.added
