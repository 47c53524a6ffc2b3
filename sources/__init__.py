"""Sources: what the services publish, how it is read, and the raw archive.

One YAML per source table, one reader per protocol, the HTTP layer and the clients that ask, and
one archive of what was answered.
Nothing here knows about regions or indicators.
"""
