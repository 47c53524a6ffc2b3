"""Editing the text of a YAML file in place: only the lines concerned change.

PyYAML forgets comments, order and style, so the text is cut where its nodes begin and end.
Every function takes a text and returns a text; what to edit is decided in propose.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sources.model import KompetanseError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import yaml

    Pair = tuple[yaml.Node, yaml.Node]

WIDTH = 100
# Texts that are safe without quotes, in block and in flow style.
_PLAIN = re.compile(r"[A-Za-zÆØÅæøå]([^:#,\[\]{}\"'&*!|>%@`\n]*[^\s:#,\[\]{}\"'&*!|>%@`])?")
_FOLDED = ("|", ">")


class CannotEdit(KompetanseError):
    """The file has no such place, or is written in a style that is left to people."""


def scalar(text: str) -> str:
    """Write a text as YAML: plain where it stays a text, in double quotes elsewhere."""
    import yaml

    if text.isprintable() and _PLAIN.fullmatch(text) and yaml.safe_load(text) == text:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def replace(text: str, path: Sequence[str], new: str) -> str:
    """Put a new scalar in the place of the one at `path`."""
    node = _at(text, path)[1]
    end = node.end_mark.index
    return text[: node.start_mark.index] + new + text[end:]


def rename(text: str, path: Sequence[str], new: str) -> str:
    """Give the key at `path` a new name, its value stays."""
    key = _at(text, path)[0]
    return text[: key.start_mark.index] + scalar(new) + text[key.end_mark.index :]


def has(text: str, path: Sequence[str]) -> bool:
    """Tell whether there is a key at `path`."""
    return _find(text, path) is not None


def add_entry(text: str, path: Sequence[str], key: str, fields: Sequence[str], why: str) -> str:
    """Put `key: {fields}` at the end of the mapping at `path`, with `why` as a comment.

    fields: "nb: Menn" and so on, ready to stand in a flow mapping.
    """
    node = _collection(text, path)
    start = f"{scalar(key)}: {{"
    entry = start + ", ".join(fields) + "}"
    if node.flow_style:
        parts = [_written(text, k, v) for k, v in node.value]
        return _comment_above(_flow(text, node, [*parts, entry], "{}"), node, f"{why}: {key}")
    lines = [entry]
    if node.value[0][0].start_mark.column + len(entry) > WIDTH:
        lines = [f"{field}," for field in fields[:-1]] + [f"{fields[-1]}}}"]
        lines = [start + lines[0], *(" " * len(start) + line for line in lines[1:])]
    return add_lines(text, path, [f"# {why}:", *lines])


def add_lines(text: str, path: Sequence[str], lines: Sequence[str]) -> str:
    """Put lines at the end of the block mapping at `path`; indentation below its keys is kept."""
    node = _collection(text, path)
    if node.flow_style or not node.value:
        raise CannotEdit(f"{'.'.join(path)}: is written in {{braces}}, or empty")
    indent = " " * node.value[0][0].start_mark.column
    block = "".join(f"{indent}{line}\n" for line in lines)
    place = _start_of_line(text, _last_line(node) + 1)
    before = text[:place]
    return before + ("" if before.endswith("\n") else "\n") + block + text[place:]


def drop(text: str, path: Sequence[str], keys: Collection[str], why: str) -> str:
    """Turn entries of the mapping at `path` into comments, led by `why`."""
    node = _collection(text, path)
    gone = [(k, v) for k, v in node.value if k.value in keys]
    if not gone:
        return text
    if node.flow_style:
        parts = [_written(text, k, v) for k, v in node.value if k.value not in keys]
        lost = ", ".join(_written(text, k, v) for k, v in gone)
        return _comment_above(_flow(text, node, parts, "{}"), node, f"{why}: {lost}")
    if len(gone) == len(node.value):
        raise CannotEdit(f"{'.'.join(path)}: nothing would be left of it")
    lines = text.splitlines(keepends=True)
    for key, value in reversed(gone):
        first, last = key.start_mark.line, _last_of_pair(key, value)
        indent = " " * key.start_mark.column
        width = len(indent)
        block = [f"{indent}# {line[width:]}".rstrip() + "\n" for line in lines[first : last + 1]]
        lines[first : last + 1] = [f"{indent}# {why}:\n", *block]
    return "".join(lines)


def drop_items(text: str, path: Sequence[str], items: Collection[str], why: str) -> str:
    """Take items out of the sequence at `path`; they stay in a comment above."""
    node = _collection(text, path)
    gone = [item for item in node.value if item.value in items]
    kept = [item for item in node.value if item.value not in items]
    if not gone:
        return text
    if not kept or not node.flow_style:
        raise CannotEdit(f"{'.'.join(path)}: nothing would be left of it, or it is no [list]")
    lost = ", ".join(text[i.start_mark.index : i.end_mark.index] for i in gone)
    parts = [text[i.start_mark.index : i.end_mark.index] for i in kept]
    return _comment_above(_flow(text, node, parts, "[]"), node, f"{why}: {lost}")


def _find(text: str, path: Sequence[str]) -> Pair | None:
    import yaml

    # The Python composer: its marks count characters, which positions in the text are.
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        # An edit before took an anchor away that an alias needs.
        raise CannotEdit(f"the file cannot be read after the edits before: {error}") from error
    if root is None:
        return None
    found: Pair = (root, root)
    for step in path:
        if not isinstance(found[1], yaml.MappingNode):
            return None
        near = [(k, v) for k, v in found[1].value if k.value == step]
        if not near:
            return None
        found = near[0]
    return found


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _at(text: str, path: Sequence[str]) -> Pair:
    found = _find(text, path)
    if found is None:
        raise CannotEdit(f"{'.'.join(path)} is not in the file")
    return found


def _collection(text: str, path: Sequence[str]) -> yaml.CollectionNode:
    import yaml

    node = _at(text, path)[1]
    if not isinstance(node, yaml.CollectionNode):
        raise CannotEdit(f"{'.'.join(path)} is neither a mapping nor a list")
    return node


def _flow(text: str, node: yaml.Node, parts: Iterable[str], ends: str) -> str:
    """Write a flow collection anew from its parts, broken before column 100."""
    start, end = node.start_mark.index, node.end_mark.index
    if _has_comment(text[start:end]):
        raise CannotEdit(f"line {node.start_mark.line + 1}: there are comments between the braces")
    column = node.start_mark.column
    lines = [" " * column + ends[0]]
    for n, part in enumerate(parts):
        piece = part if "\n" not in part else " ".join(part.split())
        if n and len(lines[-1]) + len(piece) + len(", ,") > WIDTH:
            lines[-1] += ","
            lines.append(" " * (column + 1) + piece)
        else:
            lines[-1] += f", {piece}" if n else piece
    written = "\n".join(lines) + ends[1]
    return text[:start] + written[column:] + text[end:]


def _has_comment(flow: str) -> bool:
    """Tell whether there is a comment between the tokens of a flow collection."""
    import yaml

    place = 0
    for token in yaml.scan(flow):
        if "#" in flow[place : token.start_mark.index]:
            return True
        place = token.end_mark.index
    return False


def _comment_above(text: str, node: yaml.Node, comment: str) -> str:
    place = _start_of_line(text, node.start_mark.line)
    line = text[place:].partition("\n")[0]
    indent = line[: len(line) - len(line.lstrip())]
    return f"{text[:place]}{indent}# {' '.join(comment.split())}\n{text[place:]}"


def _last_line(node: yaml.Node) -> int:
    import yaml

    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_of_pair(*last) if isinstance(last, tuple) else _last_line(last)
    mark = node.end_mark
    # A folded text ends where the next thing begins.
    folded = isinstance(node, yaml.ScalarNode) and node.style in _FOLDED
    return mark.line - 1 if folded and mark.column == 0 else mark.line


def _last_of_pair(key: yaml.Node, value: yaml.Node) -> int:
    # An alias is composed as the node that it stands for, far above.
    return max(_last_line(value), key.end_mark.line)


def _written(text: str, key: yaml.Node, value: yaml.Node) -> str:
    """Return an entry of a mapping in braces as it is written."""
    if value.start_mark.index < key.end_mark.index:
        raise CannotEdit(f"line {key.start_mark.line + 1}: an alias between the braces")
    return text[key.start_mark.index : value.end_mark.index]


def _start_of_line(text: str, number: int) -> int:
    return sum(len(line) for line in text.splitlines(keepends=True)[:number])
