"""`/verwaltung/datenschutz/`: terms of keeping, tonight's deletions, holds, information and erasure for a person."""
