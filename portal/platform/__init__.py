"""The municipalities of the platform: their state, opening and closing, the first administrators, leaving."""
