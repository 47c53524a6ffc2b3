"""Warehouse: DuckDB and parquet, from the conformed tables to the published release.

Knows where a run's files lie, reads county files and indicator definitions, runs the SQL of sql/
over parquet, builds a release aside, verifies and publishes it. Nothing here fetches, and no rule
of statistics lives in Python.
"""

import os

# Small matrices only: threads of the linear algebra would wait for each other, many times over.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
