"""Expectations room: what a table must fulfil before the next step may use it.

Every rule stands in a suite file (conformed.yaml, release.yaml) with a name and a text in bokmål
and English; rules over several tables have their SQL in sql/checks/. Nothing here mends a figure.
"""
