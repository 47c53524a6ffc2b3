"""Warehouse: DuckDB and parquet, from the conformed tables to the published release.

Runs the SQL of sql/ over parquet, builds a release aside, verifies and publishes it, and opens
it for readers. Nothing here fetches, and no rule of statistics lives in Python.
"""
