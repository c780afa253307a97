"""The page of one case and what is opened from it."""
