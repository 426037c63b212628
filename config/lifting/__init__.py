"""Moves a module's data between the shared database and one of its own, while the school goes on.

Copied in chunks, compared by checksums of segments of keys, copied again where something changed meanwhile, and
finished within a short freeze in which the module can be read and not written.
"""
