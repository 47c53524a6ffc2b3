"""SQL room: every rule of conforming, indicators and marts, as one SQL file per table.

Beside the SQL lie its seeds (`conform/seeds/`, facts declared with their source) and the YAML that
defines an indicator. No Python code belongs here; warehouse/engine.py runs the files.
"""
