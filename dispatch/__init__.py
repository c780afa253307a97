"""Day lists of teams: which case is whose job on which day, in which order, and a good tour through them."""
