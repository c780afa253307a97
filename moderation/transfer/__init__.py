"""All rules of a municipality as one file, between test and production."""
