"""Options: typed reading of a source YAML's `options`, every fault reported at once.

Here lives only the reading; which keys a protocol has is said in the docstring of its reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sources.model import STATUS, VALUE, KompetanseError

T = TypeVar("T")


class InvalidOptions(KompetanseError):
    """The `options` of a source YAML are not what the reader's docstring says; lists all faults."""


class Options:
    """The options of one table. Ask for every key, then call `done`, which raises on any fault."""

    def __init__(self, given: Mapping[str, Any], table: str) -> None:
        self._given = given
        self._table = table
        self._asked: set[str] = set()
        self._problems: list[str] = []

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required if no default is given."""
        value = self._value(key, default)
        return value if isinstance(value, str) else self._wrong(key, "a text", "")

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts; required if no default is given."""
        value = self._value(key, default)
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        return self._wrong(key, "a list of texts", ())

    def mapping(self, key: str, default: Mapping[str, str] | None = None) -> dict[str, str]:
        """A mapping of text to text; required if no default is given."""
        value = self._value(key, default)
        if isinstance(value, Mapping) and all(
            isinstance(item, str) for pair in value.items() for item in pair
        ):
            return dict(value)
        return self._wrong(key, "a mapping of text to text (quote numbers)", {})

    def anything(self, key: str, default: object = None) -> Any:
        """The value as it stands, for shapes that the reader checks itself."""
        return self._value(key, default)

    def check_dimensions(self, names: Sequence[str]) -> None:
        """Note dimension names that stand twice, or are the names of a cube's own columns."""
        wrong = sorted({n for n in names if names.count(n) > 1 or n in {VALUE, STATUS}})
        if wrong:
            self.fault(f"dimension names that are taken: {', '.join(wrong)}")

    def fault(self, problem: str) -> None:
        """Add a fault that the reader found itself."""
        self._problems.append(problem)

    def done(self) -> None:
        """Raise InvalidOptions if a key is unknown, missing or of the wrong shape."""
        unknown = sorted(str(key) for key in set(self._given) - self._asked)
        # A misspelt key would otherwise be a default nobody chose.
        problems = self._problems + [f"{key}: unknown option" for key in unknown]
        if problems:
            lines = "".join(f"\n  {problem}" for problem in problems)
            raise InvalidOptions(
                f"options of {self._table}: {len(problems)} problem(s){lines}\n"
                f"Mend `options` in sources/{self._table}.yaml; it may hold: "
                f"{', '.join(sorted(self._asked)) or 'nothing'}."
            )

    def _value(self, key: str, default: object) -> object:
        # What was asked for is what the reader knows: anything else is a slip of the pen.
        self._asked.add(key)
        return self._given.get(key, default)

    def _wrong(self, key: str, wanted: str, empty: T) -> T:
        found = repr(self._given[key]) if key in self._given else "nothing"
        self._problems.append(f"{key}: expected {wanted}, found {found}")
        return empty
