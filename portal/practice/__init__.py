"""Practising on the real desk without consequences, with cases of one's own: nobody sees them, no mail leaves."""
