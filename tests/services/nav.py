"""Nav's website as the facts describe it: pages with many links, workbooks behind hashed addresses.

A page lists the newest years and leads to an archive page with the rest; the employer survey
lists all years on one page. The address of a file holds a hash of its content, so a file that is
replaced moves, and its old address is gone. Beside the workbooks stand what else is there: menus,
reports as PDF, averages of years under nearly the same label, files of others.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from tests.services.server import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.http.server import Asked

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEWEST = 2
# Label and file name as Nav words them; the year of a survey is not always in the label.
LABELS = {
    "HL060": "Helt ledige. Fylke og kommune. Tidsserie måned {year}",
    "HL070": "Helt ledige. Utdanning. Tidsserie måned {year}",
    "HL075": "Helt ledige. Yrke. Tidsserie måned {year}",
    "ledige_stillinger_fylke": "Tilgang ledige stillinger. Fylke. Tidsserie måned {year}",
    "ledige_stillinger_yrke": "Tilgang ledige stillinger. Yrke. Tidsserie måned {year}",
}
SURVEY = {
    2021: ("Figurer og tabeller 2021", "NAVs Bedriftsundersøkelse 2021 - Figurer og tabeller"),
    2022: ("Figurer og tabeller 2022", "Bedriftsundersøkelse 2022 Figurer og tabeller"),
    2023: ("Figurer og tabeller 2023", "Bedriftsundersøkelse 2023 - Figurer og tabeller"),
    2024: (
        "Figurer og tabeller",
        "NAV bedriftsundersøking 2024 Figurer og tabeller til publisering (1)",
    ),
    2025: ("Figurer og tabeller", "Navs bedriftsundersøkelse 2025 Figurer og tabeller"),
    2026: ("Bedriftsundersøkelsen 2026 – figurer og tabeller", "Navs bedriftsundersøkelse 2026"),
}


@dataclass
class File:
    """One workbook: the page it is linked from, its label, its name and its bytes."""

    page: str
    year: int
    label: str
    name: str
    content: bytes

    @property
    def path(self) -> str:
        """Path of the address: a lasting part, and a hash of the content."""
        stem = hashlib.md5(self.name.encode(), usedforsecurity=False).hexdigest()
        lasting = "-".join((stem[:8], stem[8:12], stem[12:16], stem[16:20], stem[20:]))
        return (
            f"/_/attachment/download/{lasting}:{hashlib.sha1(self.content).hexdigest()}/{self.name}"
        )


class Nav:
    """The pages and files of Nav. complaints: what a careful client never does."""

    prefix = ""

    def __init__(self, files: list[File]) -> None:
        self.files = files
        self.complaints: list[str] = []
        self._had: set[str] = set()

    @classmethod
    def from_folder(cls, folder: Path) -> Nav:
        """The workbooks of a folder of answers, each on the page that its index entry names."""
        entries = json.loads((folder / "index.json").read_bytes())
        of_nav = [e for e in entries if e["source"] == "nav" and e["body"].endswith(".xlsx")]
        return cls([_file(e["page"], e["body"], (folder / e["body"]).read_bytes()) for e in of_nav])

    def answer(self, asked: Asked) -> Reply:
        """A page, a file, or 404; complaints are noted."""
        path = unquote(asked.path)
        if asked.method != "GET" or "?" in asked.path:
            self.complaints.append(f"{asked.method} {path}: these pages are asked by GET alone")
        if not asked.headers.get("user-agent", "").startswith("kompetanse"):
            self.complaints.append(f"{path}: asked by {asked.headers.get('user-agent')!r}")
        for file in self.files:
            if file.path == path:
                return self._send(file, asked)
        page = path.removesuffix("/arkiv")
        if page in {urlsplit(file.page).path for file in self.files}:
            return _html(self._page(page, archive=path != page))
        self.complaints.append(f"{path}: no page leads there")
        return Reply(
            404, b"<html><body>Fant ikke siden</body></html>", {"Content-Type": "text/html"}
        )

    def replace(self, name: str, content: bytes) -> None:
        """Publish a file anew, as Nav does every month: same name, other address."""
        (file,) = (file for file in self.files if file.name == name)
        file.content = content

    def _send(self, file: File, asked: Asked) -> Reply:
        if "if-none-match" not in asked.headers:
            if file.path in self._had:
                self.complaints.append(f"{file.name}: asked for again without its ETag")
            self._had.add(file.path)
        return Reply(200, file.content, {"Content-Type": XLSX})

    def _page(self, path: str, *, archive: bool) -> str:
        here = [file for file in self.files if urlsplit(file.page).path == path]
        years = sorted({file.year for file in here}, reverse=True)
        paged = "bedriftsundersokelsen" not in path
        newest = years[:NEWEST] if paged else years
        shown = [f for f in here if (f.year in newest) is not archive]
        links = [_linked(file) for file in sorted(shown, key=lambda f: (-f.year, f.label))]
        if paged and not archive:
            links.append(f'<p><a href="{path}/arkiv">Arkiv:&nbsp;tidligere år</a></p>')
        return _PAGE.replace("CONTENT", "\n".join(links))


_PAGE = """<!doctype html><html lang="no"><head><meta charset="utf-8"><title>Statistikk - nav.no
</title></head><body><nav><a href="/">Forsiden</a><a href="/no/nav-og-samfunn">NAV og samfunn</a>
<a href="#innhold">Hopp til innhold</a><a>Meny</a><a href="mailto:statistikk@nav.no">Kontakt</a>
<a href="https://bibliotek.nav.no/record/6225">Rapporten</a><a href="javascript:void(0)"> </a></nav>
<main id="innhold"><h1>Statistikk</h1>
CONTENT
<ul><li><a href="/_/attachment/download/00aa:11bb/Bedriftsundersokelsen.pdf">Figurer og tabeller
(pdf, 1 MB)</a></li><li><a href="https://example.org/tabell.xlsx">Andres tall</a></li></ul>
</main></body></html>"""


def _linked(file: File) -> str:
    """The link in one of the ways that the pages have it, and the average of the year beside."""
    address = quote(file.path, safe="/:()")
    label = html.escape(file.label)
    average = f'<a href="{address[:-5]}_snitt.xlsx">Årsgjennomsnitt. {label}</a>'
    if file.year % 3 == 0:
        label = label.replace(" ", "&nbsp;", 2)
        link = (
            f'<a class="knapp" href="https://www.nav.no{address}">{label} (xlsx, 1,2&nbsp;MB)</a>'
        )
    elif file.year % 3 == 1:
        first, _, rest = label.partition(" ")
        link = f'<a href="{file.path}"><span><svg></svg>{first}</span>\n <b>{rest}</b></a>'
    else:
        # A picture and its caption may both lead to the file.
        link = f'<a href="{address}"><img alt=""></a><a href="{address}">{label}</a>'
    # Averages stand beside the monthly files only.
    return f"<p>{link}</p>" + ("" if "igurer" in label else f"<p>{average}</p>")


def _file(page: str, body: str, content: bytes) -> File:
    stem = body.rpartition("/")[2].removesuffix(".xlsx")
    months = re.search("20[0-9]{2}", stem)
    year = int(months[0]) if months else 0
    if stem.startswith("bedriftsundersokelse"):
        label, name = SURVEY[year]
        return File(page, year, label, f"{name}.xlsx", content)
    kind = next((kind for kind in LABELS if stem.startswith(kind)), None)
    # Tables that others collected lie on the page as well.
    label = LABELS[kind].format(year=year) if kind else "Stramhet"
    return File(page, year, label, f"{stem}.xlsx", content)


def _html(text: str) -> Reply:
    return Reply(200, text.encode(), {"Content-Type": "text/html; charset=utf-8"})
