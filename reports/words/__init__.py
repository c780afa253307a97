"""Words of reports as they are searched: one row per case for the public and one for staff, written by triggers.

Nothing that writes a case, report, entry or contact can forget them, and what is withdrawn or erased is not findable
any more when the transaction ends. `flattening` folds both sides, `triggers` keep the rows, `asking` makes conditions
of typed words, `finding` reads a page without reading all texts, `checking` makes the rows anew and proves them.
"""
