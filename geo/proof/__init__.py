"""Proof of work at the forms that make us send mail: switched on by a municipality, or by itself under attack.

`policy` is the rule, `alarm` notices an attack, `challenges` makes and checks what browsers and programs solve, `delay`
is the way without JavaScript, `gate` puts them together, `asking` is what views and templates use.
"""
