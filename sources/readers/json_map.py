"""JSON map: a code list as one object, code -> {field: text or null}.

Here lives the reader of protocol json-map (Grep's programme areas as Udir publishes them at
data.udir.no: {"BABAT1----": {"nob": .., "nno": .., "eng": ..}}). Figures never come this way.

Options: `key` (name of the code column, default "code") and `fields` (the fields that every
entry must have, and the only ones it may have; they become columns in this order).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.model import Cube, UnreadableAnswer
from sources.readers.bodies import listed, located, parse_json, refuse
from sources.readers.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from sources.model import AnswerContext
    from sources.registry import SourceTable

_ADVICE = "Fetch the file anew; if it is the same, the source has changed its shape."


def read(body: bytes, spec: SourceTable, answer: AnswerContext) -> Cube:
    """Decode a code list into plain string columns: `key`, then one per field (null kept)."""
    options = Options(spec.options, spec.id)
    key, fields = options.text("key", "code"), options.texts("fields")
    options.done()
    with located(spec, answer):
        return Cube(table=decode(body, key, fields), dimensions=())


def decode(body: bytes, key: str, fields: Sequence[str]) -> pa.Table:
    """Decode {code: {field: text}}: one row per code, in the order of the file.

    Raises UnreadableAnswer for anything but that shape; lists entries with other fields.
    """
    import pyarrow as pa

    found = parse_json(body, "a JSON object of codes", _ADVICE)
    if not isinstance(found, dict) or not found:
        raise UnreadableAnswer(f"expected an object of codes, found {str(found)[:80]!r}\n{_ADVICE}")
    # A new language in some entries only is a change of the source, not noise.
    wrong = [code for code, entry in found.items() if not _fits(entry, fields)]
    if wrong:
        refuse([f"not exactly the text fields {listed(fields)}: {listed(wrong)}"], _ADVICE)
    columns = {key: list(found)} | {f: [entry[f] for entry in found.values()] for f in fields}
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def _fits(entry: object, fields: Sequence[str]) -> bool:
    if not isinstance(entry, dict) or set(entry) != set(fields):
        return False
    return all(text is None or isinstance(text, str) for text in entry.values())
