"""Definition skeleton: the YAML and SQL that a new indicator starts from.

The pair fits the schema and its SQL runs, but it says in every place what is still to be said,
and warehouse/definition.py refuses it until all of that is said.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sources.model import KompetanseError
from warehouse import wanted
from warehouse.definition_checks import TO_SAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TEXTS = {
    "title": "what it is called",
    "definition": "numerator, denominator, population and time, in a few sentences",
    "interpretation": "how the figure is read, and how it is not",
    "numerator": "what is counted",
    "denominator": "what it is a percentage of",
    "population": "who the figure is about, and by which place they are counted",
    "reference_time": "the day, month or span of a period",
}
_YAML = """\
# yaml-language-server: $schema=indicator.schema.json
id: {name}
version: 0.1.0
theme: {theme}
rki: own addition
{texts}age: not stated
unit: percent
decimals: 1
multiplier: 100
aggregation: ratio_of_sums
levels: [municipality, region, county, country]
sources: [{sources}]
breakdowns: []
headline: {{}}
minimum_denominator: 100
jump_tolerance: not set
breaks: []
goals: not mapped
direction: neutral
contact: {{name: {{nb: "{to_say}: who answers for it", en: "{to_say}: who answers for it"}}}}
changelog:
  - {{version: 0.1.0, date: "{today}", what: "{to_say}: why it was made"}}
"""
_SQL = """\
-- One row per code of the time x period: {to_say}: numerator over denominator.
select
    geo_level, geo_code, period, period_type, reference_date,
    max(value) filter (where measure = '{to_say}: code of the numerator') as numerator,
    max(value) filter (where measure = '{to_say}: code of the denominator') as denominator,
    worst_status(obs_status) as obs_status,
    max(source_symbol) as source_symbol,
    vintages(vintage_id) as vintage_ids
from {view}
group by all
"""


class CannotStart(KompetanseError):
    """A skeleton cannot be written: the id is taken or not one, or a source is unknown."""


def write(folder: Path, name: str, sources: Sequence[str], theme: int) -> tuple[Path, Path]:
    """Write the YAML and the SQL of a new indicator into a folder; raises CannotStart."""
    from sources import registry

    tables = registry.load()
    paths = (folder / f"{name}.yaml", folder / f"{name}.sql")
    problems = [f"{path} is there already" for path in paths if path.exists()]
    listed = folder / wanted.FOLDER / f"{name}.yaml"
    if listed.exists():
        problems.append(f"{listed} lists it as wanted -> remove that file, the id stays the same")
    if not _NAME.fullmatch(name):
        problems.append(f"{name} is no id: small letters a to z, digits and _, a letter first")
    problems += [f"no source {source}: see sources/" for source in sources if source not in tables]
    if problems:
        raise CannotStart("Nothing was written:\n" + "\n".join(f"  {p}" for p in problems))
    said = {"name": name, "theme": theme, "sources": ", ".join(sources), "to_say": TO_SAY}
    today = datetime.now(UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    paths[0].write_text(_YAML.format(texts=_texts(), today=today, **said), encoding="utf-8")
    view = tables[sources[0]].view
    paths[1].write_text(_SQL.format(view=view, to_say=TO_SAY), encoding="utf-8")
    return paths


def _texts() -> str:
    return "".join(
        f'{key}:\n  nb: "{TO_SAY}: {what}"\n  en: "{TO_SAY}: {what}"\n'
        for key, what in _TEXTS.items()
    )
