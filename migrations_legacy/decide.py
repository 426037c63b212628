"""What to do with one row: a comparison of three digests.

`base` is what the last run placed, `ours` what the target holds now, `theirs` what the source says today.
None: there is no such row.
"""

from enum import Enum


class Decision(Enum):
    """Everything that can be said about one source row that has a place."""

    INSERT = "new in the source"
    UPDATE = "changed in the source"
    UNCHANGED = "the same on both sides"
    EDITED_HERE = "changed here since the last run; the source still says what it said"
    REMOVED_HERE = "removed here since the last run; the source still says what it said"
    CONFLICT = "changed on both sides since the last run"
    TAKEN = "the target holds another row under this key"


def decide(*, base: int | None, ours: int | None, theirs: int) -> Decision:
    """Three-way comparison, by content alone. What was changed on our side is never overwritten."""
    if ours is None:
        if base is None:
            return Decision.INSERT
        return Decision.REMOVED_HERE if base == theirs else Decision.CONFLICT
    if ours == theirs:
        return Decision.UNCHANGED
    if base is None:
        return Decision.TAKEN
    if base == theirs:
        return Decision.EDITED_HERE
    return Decision.UPDATE if ours == base else Decision.CONFLICT
