"""Backup and restore of the platform, or of one municipality.

A backup is one file: a tar of compressed JSON lines (one folder a table), the uploaded files, the settings and a
manifest, sealed on request. It holds no trait of a database, so what SpatiaLite gave PostGIS takes, and it knows the
state of the migrations it was made at, so a later version restores it and migrates it forward.
"""
