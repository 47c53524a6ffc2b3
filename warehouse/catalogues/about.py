"""Shapes of a catalogue: what the release says of itself, and the facts all standards share.

Only dataclasses. Gathering the facts is facts.py, addresses are addresses.py, and what each
standard makes of the facts is data_package.py, dcat.py, quality.py and schema_org.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sources.registry import Text
    from warehouse.catalogues.addresses import Addresses
    from warehouse.catalogues.licences import Licence


@dataclass(frozen=True)
class Check:
    """Result of one check of a release.

    suite, rule: name of the gate's suite and of the rule in it.
    dimension:   quality dimension, such as "completeness"; a word of ISO/IEC 25012 where it fits.
    rows:        number of offending rows; 0 where nothing is wrong.
    """

    suite: str
    rule: str
    dimension: str
    passed: bool
    rows: int
    text: Text


@dataclass(frozen=True)
class ReleaseAbout:
    """What a release is, as its manifest says.

    id:          release id. county: id of counties/<county>.yaml.
    label:       words for what kind of figures these are. data_origin: "published" or "made_up".
    built_at:    ISO 8601 date and time with zone.
    base_url:    address under which the folder of all releases is published; None where it is not.
    publisher:   who publishes; None for the county authority.
    arrow:       whether arrow/ is wanted too.
    """

    id: str
    county: str
    label: str
    built_at: str
    data_origin: str
    base_url: str | None = None
    publisher: Text | None = None
    checks: tuple[Check, ...] = ()
    arrow: bool = False

    @property
    def made_up(self) -> bool:
        """Whether the figures are made up."""
        return self.data_origin == "made_up"

    @property
    def channel(self) -> str:
        """Name of the series of releases: the county, with "demo-" before made-up figures."""
        return f"demo-{self.county}" if self.made_up else self.county


@dataclass(frozen=True)
class Column:
    """One column of a table; type is one of Table Schema's."""

    name: str
    type: str
    comment: Text


@dataclass(frozen=True)
class TableFacts:
    """One table of the release: its grain in words, its columns in order."""

    name: str
    grain: Text
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class FileFacts:
    """One file of the release.

    path: below the release folder, with "/". format: parquet, csv, arrow or duckdb.
    table: the table it holds, None for a file that holds them all. sha256: hexadecimal.
    columns: those of the table's columns that the file has; None for all.
    """

    path: str
    format: str
    table: str | None
    sha256: str
    bytes: int
    columns: tuple[str, ...] | None = None

    @property
    def stem(self) -> str:
        """Name of the file without folder and ending."""
        return self.path.rpartition("/")[2].rpartition(".")[0]


@dataclass(frozen=True)
class SourceFacts:
    """One source table behind the release, with the words its licence asks for.

    theirs: licence of the source. ours: licence the figures are published under here.
    """

    id: str
    title: Text
    page: str
    theirs: str
    ours: str
    attribution: Text
    citation: Text


@dataclass(frozen=True)
class IndicatorFacts:
    """One indicator of the release."""

    id: str
    title: Text
    definition: Text
    unit: str


@dataclass(frozen=True)
class Facts:
    """Everything the catalogues say; each standard takes its words from here and nowhere else.

    first_day, last_day: of the periods that have a value; None where no value is in the release.
    frequency: rhythm of the most frequent source, in the words of the source YAMLs.
    licence:   the one licence of the release; None where there is none or more than one.
    rights:    what may be done with the figures, in words.
    credit:    attribution of all sources together.
    """

    about: ReleaseAbout
    addresses: Addresses
    title: Text
    description: Text
    keywords: tuple[Text, ...]
    county_name: Text
    publisher: Text
    contact: Mapping[str, str]
    first_day: date | None
    last_day: date | None
    frequency: str
    licence: Licence | None
    rights: Text
    credit: Text
    sources: tuple[SourceFacts, ...]
    indicators: tuple[IndicatorFacts, ...]
    tables: Mapping[str, TableFacts]
    files: tuple[FileFacts, ...]

    def title_of(self, file: FileFacts) -> str:
        """Title of one file: what it holds, and in which format."""
        return f"{file.stem if file.table else self.about.id} ({file.format})"
