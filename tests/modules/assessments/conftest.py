"""A school with two courses, and a place for files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from contracts.academics import AcademicsService
from contracts.assessments import AssessmentsService, Assignment
from kernel.registry import services
from tests import actors
from tests.modules.assessments.fakes import FakeAcademics

LATER = datetime(2099, 12, 31, 23, 59, tzinfo=UTC)


@pytest.fixture
def academics() -> Iterator[FakeAcademics]:
    fake = FakeAcademics()
    with services.override(AcademicsService, fake):
        yield fake


@pytest.fixture
def assessments(academics: FakeAcademics) -> AssessmentsService:
    return services.get(AssessmentsService)


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def essay(db: None, assessments: AssessmentsService) -> Assignment:
    """An open assignment of subject 1, whose teacher is user 10."""
    return assessments.add_assignment(
        actor=actors.teacher(), subject_id=1, title=" Essay ", description="Two pages on sets", due_at=LATER
    )
