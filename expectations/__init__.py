"""Expectations room: what a table must fulfil before the next step may use it.

Every rule has a name and a text in bokmål and English. It stands in a suite file (conformed.yaml,
release.yaml, marts/) or follows from a source's YAML (raw.py) or an indicator's definition
(generated.py); rules over several tables have their SQL in sql/checks/. Nothing here mends a
figure.
"""
