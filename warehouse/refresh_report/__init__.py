"""Refresh report: what a committee reads of a release in two minutes, in bokmål and English.

`write` puts REPORT.md and REPORT.html into a release's folder. What changed is found by
warehouse/difference.py, whether a release is good by expectations/; here it is only told.
"""

from __future__ import annotations

from warehouse.refresh_report.facts import Check, ReportAbout, gather
from warehouse.refresh_report.rendering import HTML, MARKDOWN, write

__all__ = ["HTML", "MARKDOWN", "Check", "ReportAbout", "gather", "write"]
