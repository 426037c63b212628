"""What was changed on our side is never overwritten, and nothing is decided by a clock."""

import pytest

from migrations_legacy.decide import Decision, decide

pytestmark = pytest.mark.sqlite_only

OLD, NEW, OTHER = 1, 2, 3


@pytest.mark.parametrize(
    ("description", "base", "ours", "theirs", "decision"),
    [
        ("never seen before", None, None, NEW, Decision.INSERT),
        ("the same everywhere", OLD, OLD, OLD, Decision.UNCHANGED),
        ("an earlier run wrote it and was killed before it could remember", None, NEW, NEW, Decision.UNCHANGED),
        ("both sides made the same change", OLD, NEW, NEW, Decision.UNCHANGED),
        ("only the legacy changed", OLD, OLD, NEW, Decision.UPDATE),
        ("only we changed", OLD, NEW, OLD, Decision.EDITED_HERE),
        ("both changed differently", OLD, NEW, OTHER, Decision.CONFLICT),
        ("we deleted it, the legacy did nothing", OLD, None, OLD, Decision.REMOVED_HERE),
        ("we deleted it, the legacy changed it", OLD, None, NEW, Decision.CONFLICT),
        ("the key belongs to a row of ours", None, OLD, NEW, Decision.TAKEN),
    ],
)
def test_decision(description: str, base: int | None, ours: int | None, theirs: int, decision: Decision) -> None:
    assert decide(base=base, ours=ours, theirs=theirs) is decision, description
