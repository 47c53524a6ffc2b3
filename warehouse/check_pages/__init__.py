"""Check pages: what the gates said of a release, as static pages a committee can read offline.

`write` puts them into a release's folder. They are the Data Docs of Great Expectations in the
project's own look: its own builder fetches styles and scripts from other servers, and writes in
English only. Judging is expectations/, what is remembered of it warehouse/judged.py.
"""

from __future__ import annotations

from warehouse.check_pages.rendering import FOLDER, PagesAbout, write

__all__ = ["FOLDER", "PagesAbout", "write"]
