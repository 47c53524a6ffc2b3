"""Benchmarks: what a requirement on speed or memory is measured with. Not imported elsewhere."""
