"""Counties room: one YAML per county, the only folder that another county has to edit.

Here live codes, names, region sets and the schedule of a county, checked against
`county.schema.json`. No code belongs here; pipeline/counties.py reads the files.
"""
