"""Reading of the dimensioning tables: one page on a programme and a region, for people.

`gather` finds what a release knows, `text` and `as_json` say it. No figure is computed here but
the difference from the year before, and nothing is recommended.
"""

from __future__ import annotations

from warehouse.dimension_reading.gather import NoSuchPlace, Reading, gather
from warehouse.dimension_reading.rendering import as_json, text

__all__ = ["NoSuchPlace", "Reading", "as_json", "gather", "text"]
