"""How a legacy school moves in: one mapping file per bounded context, and the engine that carries them out.

`manage.py migrate_legacy SOURCE` reads a legacy database without ever writing to it and fills the modules' tables.
Nothing imports this package but its own commands and tests.
"""
