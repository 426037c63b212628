"""From what an operator names to the school in it, or a refusal in one line."""

from collections.abc import Sequence
from pathlib import Path

from migrations_legacy.errors import SourceRefused
from migrations_legacy.legacy_schema import ESSENTIAL
from migrations_legacy.reading.operator import OperatorMap
from migrations_legacy.reading.school import School
from migrations_legacy.sources.recognise import open_reader

_LEAST = 2


def open_source(sources: Sequence[str | Path], said: OperatorMap | None = None) -> School:
    """Open files or a database's address as a school. SourceRefused when there is none in it."""
    reader = open_reader(sources)
    try:
        school = School(reader, said)
    except SourceRefused:
        reader.close()
        raise
    if len(school.aligned.keys() & set(ESSENTIAL)) < _LEAST:
        school.close()
        missing = next(table for table in ESSENTIAL if table not in school.aligned)
        raise SourceRefused(f"{reader.description}: not a legacy school, it has no {missing}.")
    return school
