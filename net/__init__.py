"""The only door to other machines: `net.http`, `net.smtp`, and the guard both pass. Nothing else opens a
connection.
"""
