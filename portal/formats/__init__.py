"""How dates are written, per language (FORMAT_MODULE_PATH)."""
