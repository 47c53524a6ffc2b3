"""Readers: one module per protocol, from the bytes a service answered to a Cube.

A reader decodes and refuses what its protocol's document does not allow. It does not fetch
(sources/archive.py keeps the bytes) and does not judge codes (sources/validate.py does).
"""
