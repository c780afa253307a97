"""The work list: tabs, filters, rows, saved views."""
