"""Merges a row that both sides changed, column by column, where they changed different columns.

Somebody logs in here, and the time of the login and a stronger hash of the password are stored; somebody else corrects
the person's name in the legacy. Neither contradicts the other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from migrations_legacy.digest import column_digest
from migrations_legacy.ledger import ColumnDigests


class Prefer(StrEnum):
    """Whose side is taken in a conflict. Without a preference ours is kept, and the conflict is reported."""

    LEGACY = "legacy"
    NEW = "new"


@dataclass
class Merged:
    """What becomes of the columns, by their places."""

    taken: list[int] = field(default_factory=list)
    """Those that get the legacy's value."""
    conflicts: list[int] = field(default_factory=list)
    """Those that both sides changed to different values; empty when a side was preferred."""


def merge_columns(
    *,
    base: ColumnDigests,
    ours: Sequence[object],
    theirs: Sequence[object],
    latest: Collection[int],
    prefer: Prefer | None,
) -> Merged:
    """Compare the three states of each column. Of times in `latest`, the later one stands.

    A re-hashed password needs no rule of its own: the legacy's column is what it was, so that ours stands.
    """
    merged = Merged()
    for place, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        if mine == other or column_digest(other) == base[place]:
            continue
        if column_digest(mine) == base[place]:
            merged.taken.append(place)
        elif place in latest:
            if mine is None or (other is not None and str(other) > str(mine)):
                merged.taken.append(place)
        elif prefer is Prefer.LEGACY:
            merged.taken.append(place)
        elif prefer is None:
            merged.conflicts.append(place)
    return merged
