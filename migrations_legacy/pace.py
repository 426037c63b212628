"""What a process is set to while it carries millions of rows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

_ALLOCATIONS = 200_000
"""So many more objects make the collector look at them, instead of a few hundred."""
_CACHE_KIBIBYTES = 65_536
"""SQLite's usual two megabytes do not hold the upper part of an index over millions of rows."""
_LOG_PAGES = 16_384
"""So much is written ahead, instead of a thousand pages, before SQLite copies it into the file: once for what changed
again and again.
"""


@contextmanager
def many_rows() -> Iterator[None]:
    """Rows form no cycles, and the collector would go over them again and again; SQLite gets room for its indexes."""
    before = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    for connection in connections.all():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
                cursor.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    try:
        yield
    finally:
        gc.set_threshold(*before)
