"""How fast the documented queries answer at national scale: `python -m bench.queries [RELEASE]`.

The release is a made-up one of a county (RELEASE, or made by `kompetanse demo` aside), with the
county's regions as many times over as it takes to have as many municipalities as Norway. Each
query of the documentation for analysts (docs/analysts.md), and each example of a macro, is run
warm on two threads; every row is fetched. Leaves with 1 if a query misses the limit. CPU time
tells a slow query from a busy machine.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import database, definition, history, parquet

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROUNDS = 60
LIMIT_MS = 50.0
MUNICIPALITIES = 357
DOCS = Path(__file__).resolve().parent.parent / "docs" / "analysts.md"
BY_REGION = {
    "indicator_value": ("region_id",),
    "region": ("region_id",),
    "region_membership": ("region_id", "municipality_code"),
}


def queries() -> list[str]:
    """Every SQL snippet of the documentation, and every example of a macro."""
    fences = re.findall(
        r"^```sql\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return [f.strip() for f in fences] + [
        about["example"] for about in database.macro_comments().values()
    ]


def national(county: Path, folder: Path) -> Path:
    """Build a release of national size from a county's parquet files; return its DuckDB file."""
    tables = {p.stem: parquet.read(p) for p in sorted((county / "parquet").glob("*.parquet"))}
    own = tables["region"].to_pandas().query("region_level == 'municipality'")
    copies = -(-MUNICIPALITIES // len(own))
    for name, columns in BY_REGION.items():
        tables[name] = _multiplied(tables[name], columns, copies)
    breakdowns = definition.breakdown_names(definition.load())
    since = history.build(folder, [], tables["indicator_value"], "made-up", breakdowns)
    tables |= {database.HISTORY: since.values, history.LOG: since.log}
    for name, table in tables.items():
        parquet.write(table, folder / "parquet" / f"{name}.parquet")
    file = folder / "kompetanse.duckdb"
    database.build(file, tables, breakdowns, dt.datetime.now(dt.UTC))
    print(
        f"national release: {copies * len(own)} municipalities, "
        f"{tables['indicator_value'].num_rows} values; DuckDB {_mebibytes([file])}, "
        f"parquet {_mebibytes((folder / 'parquet').iterdir())}"
    )
    return file


def measure(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, float, float, int]:
    """Median and 95th percentile of wall time, median of CPU time (ms), and number of rows."""
    rows = len(connection.execute(query).fetchall())
    walls, works = [], []
    for _ in range(ROUNDS):
        begun, worked = time.perf_counter(), time.process_time()
        connection.execute(query).fetchall()
        walls.append((time.perf_counter() - begun) * 1000)
        works.append((time.process_time() - worked) * 1000)
    high = statistics.quantiles(walls, n=20)[-1]
    return statistics.median(walls), high, statistics.median(works), rows


def main() -> int:
    """Print each query's times."""
    import duckdb

    with tempfile.TemporaryDirectory() as aside:
        county = Path(sys.argv[1]) if len(sys.argv) > 1 else _demo(Path(aside) / "data")
        file = national(county, Path(aside))
        with duckdb.connect(str(file), read_only=True, config={"threads": 2}) as connection:
            slow = 0
            for query in queries():
                median, high, work, rows = measure(connection, query)
                slow += high >= LIMIT_MS
                text = " ".join(query.split())
                print(
                    f"median {median:6.1f} ms, p95 {high:6.1f} ms, CPU {work:6.1f} ms, "
                    f"{rows:4} rows  {text[:80]}"
                )
    print(f"{slow} queries miss the limit of {LIMIT_MS:.0f} ms (p95)")
    return int(slow > 0)


def _multiplied(table: pa.Table, columns: tuple[str, ...], copies: int) -> pa.Table:
    """The table and copies of its rows, the country's left out, under other region codes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    local = table.filter(pc.not_equal(table["region_set"], "country"))
    pieces = [table]
    for copy in range(1, copies):
        piece = local
        for column in columns:
            renamed = pc.binary_join_element_wise(piece[column], str(copy), "-")
            piece = piece.set_column(piece.column_names.index(column), column, renamed)
        pieces.append(piece)
    everything = pa.concat_tables(pieces).combine_chunks()
    keys = [
        k for k in ("indicator_id", "region_id", "region_set", "period") if k in table.schema.names
    ]
    return everything.sort_by([(key, "ascending") for key in keys])


def _demo(root: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "pipeline", "demo"],
        check=True,
        capture_output=True,
        env=os.environ | {"KOMPETANSE_DATA": str(root)},
    )
    return next((root / "releases").glob("demo-*"))


def _mebibytes(files: object) -> str:
    return f"{sum(f.stat().st_size for f in files) / 2**20:.1f} MiB"  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
