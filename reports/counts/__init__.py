"""Kept counts of the map: how many public reports lie in each cell, by municipality, topic and state.

Triggers on the table of cases append a delta for whatever changes what the map shows (`triggers`), so nothing that
writes a case can forget it, an older version of the code no more than a bulk update. No two writers ever touch one row.
One job adds the deltas to the counts (`folding`); whoever reads adds what is not folded yet (`reading`), so a change is
seen at once. `checking` makes the counts anew and proves them against the rows.
"""
