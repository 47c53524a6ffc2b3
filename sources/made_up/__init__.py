"""Made-up answers in the services' own formats, for the demonstration, tests and benchmarks.

Codes, names and dates of municipalities are real; every figure is made up, and every file says
so. Nothing here reads an answer, and no real figure is used.
"""

from __future__ import annotations

from sources.made_up.folder import Summary
from sources.made_up.writing import write

__all__ = ["Summary", "write"]
