"""`/verwaltung/planung/`: which team does what on which day, its day list on paper, and settling from paper."""
