"""What ends a command: one line for whoever started it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError

from migrations_legacy.errors import LegacyError, first_line


@contextmanager
def refusals() -> Iterator[None]:
    """CommandError for what goes wrong in the block with a source, a database or a file."""
    try:
        yield
    except LegacyError as error:
        raise CommandError(str(error)) from error
    except (DatabaseError, sqlite3.Error) as error:
        raise CommandError(f"A database does not answer as it should: {first_line(error)}") from error
    except OSError as error:
        raise CommandError(f"{error.filename or 'A file'}: {error.strerror or error}.") from error
