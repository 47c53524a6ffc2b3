"""Pipeline: the Dagster code location, configuration, counties and the command line.

No statistics here: rules live in sql/, protocols in sources/, publishing in warehouse/.
"""
