"""A json-stat answer for tests, read without the project's own reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sources.made_up.folder import Answer


class Dataset:
    """A json-stat answer for tests: figures by codes, null as not-a-number."""

    def __init__(self, content: bytes) -> None:
        self.document = json.loads(content)
        self.axes = {
            name: self.document["dimension"][name]["category"]["index"]
            for name in self.document["id"]
        }
        values = [np.nan if v is None else v for v in self.document["value"]]
        self.values = np.array(values, dtype=float).reshape(self.document["size"])

    def get(self, **codes: str) -> np.ndarray[Any, Any]:
        """Figures at the codes named, in the order of the dimensions left."""
        place = tuple(
            self.axes[name][codes[name]] if name in codes else slice(None) for name in self.axes
        )
        return self.values[place]

    def mark(self, **codes: str) -> str | None:
        """Status of one cell."""
        place = [self.axes[name][codes[name]] for name in self.axes]
        flat = int(np.ravel_multi_index(place, self.values.shape))
        return self.document.get("status", {}).get(str(flat))


def dataset(answer: Answer) -> Dataset:
    return Dataset(answer.content)
