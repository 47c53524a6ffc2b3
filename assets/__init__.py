"""Assets: the steps from source to release as Dagster assets, one module per layer.

Thin: each asset names what it needs, hands the work to warehouse/steps.py or
warehouse/release.py, and shows what came of it. No SQL, HTTP or file formats here.
"""
