"""Pages for rules as data: stages, prepared answers, who settles what."""
