"""What the tables of a run have in common, and what was decided about rows until it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from migrations_legacy.ledger import Block
from migrations_legacy.merging import Prefer
from migrations_legacy.prepared import Prepared, Values
from migrations_legacy.progress import Progress
from migrations_legacy.sources.base import Row, Source


@dataclass
class Shared:
    """What the tables of one run have in common."""

    source: Source
    run: str
    dry_run: bool
    progress: Progress
    placed: dict[str, set[int]]
    """Source table → keys that have a place; only for tables that others refer to."""
    note: Callable[[str, object, str, str], None]
    """Takes a remark about a row: table, key, text, and the rule that it is counted under."""
    uses_file: Callable[[str, str], None]
    """Takes a description of a row and the media path that it refers to."""
    prefer: Prefer | None = None
    reserve: int = 0
    """How far above the legacy's highest key the numbering of new rows begins."""
    after_a_kill: bool = False
    """Whether an earlier run has no end: duplicates among what it wrote are not yet numbered as they should be."""


@dataclass
class Settled:
    """What was decided about the rows of a few blocks, until it is written."""

    inserts: dict[int, tuple[Prepared, Row]] = field(default_factory=dict)
    updates: dict[int, tuple[Prepared, Row]] = field(default_factory=dict)
    theirs: dict[int, Values] = field(default_factory=dict)
    """Key number → written values, of rows that have a place."""
    digests: dict[int, int] = field(default_factory=dict)
    placed: set[int] = field(default_factory=set)
    """Rows that have a place, whether written just now or before."""
    changes: list[tuple[Any, dict[int, Any]]] = field(default_factory=list)
    """Keys, and the columns that a merged row takes over."""
    remembered: dict[int, Block] = field(default_factory=dict)
    uneven: set[int] = field(default_factory=set)
    """Blocks that hold something besides rows which are the same on both sides."""


class Written(NamedTuple):
    """Rows that were written just now, in the order of their keys."""

    numbers: Sequence[int]
    theirs: list[Values]
    """What was to be written, in its written form."""
    digests: Sequence[int]
