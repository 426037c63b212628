"""Deviations come together: random mixtures of them move in with nothing lost."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.legacy.moving import move
from tests.legacy.school import make_school
from tests.legacy.test_variants import change, map_of
from tests.legacy.variants import VARIANTS, Variant

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("ordinary") / "school.sqlite3")


@contextmanager
def undone() -> Iterator[None]:
    """What is written meanwhile is forgotten, as after a test: one example starts where the last one did."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]  # as Django's own tests say it
    with atomic:
        yield
        transaction.set_rollback(True)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(mixture=st.lists(st.sampled_from(VARIANTS), min_size=2, max_size=6, unique_by=lambda variant: variant.name))
def test_a_mixture_of_deviations_moves_in_with_nothing_lost(ordinary: Path, mixture: list[Variant]) -> None:
    with tempfile.TemporaryDirectory() as folder, undone():
        school = Path(shutil.copy(ordinary, folder))
        for variant in mixture:
            _bring_about(school, variant)
        said = map_of(school, *mixture)
        report = move(school, map=said)
        assert report["succeeded"], [t for t in (*report["tables"], *report["sources"]) if not t["balances"]]
        again = move(school, map=said)
        assert not again["changed"], [t for t in again["tables"] if t["written"] or t["removed"]]


def _bring_about(school: Path, variant: Variant) -> None:
    """As much of a deviation as the others left possible."""
    for statement in variant.statements:
        with suppress(sqlite3.Error):
            change(school, [statement])
