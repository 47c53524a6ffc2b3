"""Edits of a YAML's text change what they name and nothing else, in every YAML of the project."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sources.doctor import yaml_text
from sources.doctor.yaml_text import CannotEdit
from sources.registry import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(f for f in FOLDER.glob("*/*.yaml") if "proposed" not in f.name)
ODD = "æ: odd, [code] # 1"


def parsed(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_code_more_and_a_code_less_and_another_name(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    whole = parsed(text)
    for name, dimension in whole.get("dimensions", {}).items():
        path = ("dimensions", name, "codes")
        if "codes" in dimension:
            expected = copy.deepcopy(whole)
            expected["dimensions"][name]["codes"][ODD] = {"nb": "a, b", "en": "no"}
            fields = [f"nb: {yaml_text.scalar('a, b')}", f"en: {yaml_text.scalar('no')}"]
            added = yaml_text.add_entry(text, path, ODD, fields, "new")
            assert parsed(added) == expected
            first = next(iter(dimension["codes"]))
            without = yaml_text.drop(added, path, [first], "gone")
            del expected["dimensions"][name]["codes"][first]
            assert parsed(without) == expected
            assert "# gone:" in without
        expected = copy.deepcopy(whole)
        expected["dimensions"] = {
            (ODD if n == name else n): d for n, d in expected["dimensions"].items()
        }
        renamed = yaml_text.rename(text, ("dimensions", name), ODD)
        assert parsed(renamed) == expected
        assert len(renamed.splitlines()) == len(text.splitlines())


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_dimension_less(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    whole = parsed(text)
    names = list(whole.get("dimensions", {}))
    if len(names) < 2:
        return
    for name in names:
        expected = copy.deepcopy(whole)
        del expected["dimensions"][name]
        assert parsed(yaml_text.drop(text, ("dimensions",), [name], "gone")) == expected


@given(text=st.text(min_size=1))
def test_a_text_written_as_yaml_is_read_as_the_same_text(text: str) -> None:
    written = yaml_text.scalar(text)
    assert yaml.safe_load(f"a: {{k: {written}, l: 1}}") == {"a": {"k": text, "l": 1}}
    assert yaml.safe_load(f"k: {written}") == {"k": text}


@pytest.mark.parametrize(
    "text", ["no", "1", "1.5", "2026-01-01", "null", "~", "a: b", "x #y", "- a"]
)
def test_texts_that_yaml_would_take_for_something_else_are_quoted(text: str) -> None:
    assert yaml.safe_load(yaml_text.scalar(text)) == text


def test_what_cannot_be_edited_is_said() -> None:
    with pytest.raises(CannotEdit, match=r"a\.b is not in the file"):
        yaml_text.replace("a: {c: 1}\n", ("a", "b"), "2")
    with pytest.raises(CannotEdit, match="comments between the braces"):
        yaml_text.drop("a: {b: 1,  # why\n  c: 2}\n", ("a",), ["b"], "gone")
    with pytest.raises(CannotEdit, match="nothing would be left"):
        yaml_text.drop("a:\n  b: 1\n", ("a",), ["b"], "gone")
    with pytest.raises(CannotEdit, match="neither a mapping nor a list"):
        yaml_text.drop("a: 1\n", ("a",), ["b"], "gone")


def test_lines_that_are_dropped_take_their_folded_text_along() -> None:
    text = "a:\n  b:\n    c: >-\n      one\n\n      two\n  # of d\n  d: 2\n"
    found = yaml_text.drop(text, ("a",), ["b"], "gone")
    assert yaml.safe_load(found) == {"a": {"d": 2}}
    assert "  # gone:\n  # b:\n  #   c: >-\n  #     one\n  #\n  #     two\n  # of d\n" in found
