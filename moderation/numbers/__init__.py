"""Figures of the desk: what is open, what came and went, how long it took, where; and the report of a month."""
