"""Pipeline: the Dagster code location, and the command line.

No statistics here: rules live in sql/, protocols in sources/, publishing in warehouse/.
"""
