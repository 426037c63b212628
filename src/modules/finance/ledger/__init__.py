"""The books: double entry, append-only, and always what fines and payments say.

`rules` says what the ledger should hold of a fine; `posting` brings it there; `reading` tells balances; `checking`
finds what is wrong.
"""
