"""Measurements: what a page costs, beside what its SQL alone costs on the same machine at the same moment."""
