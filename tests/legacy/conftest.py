"""A school in every form in which one arrives."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.legacy.school import make_dump, make_media, make_school


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A SQLite file with every oddity of old data."""
    return make_school(tmp_path / "school.sqlite3")


@pytest.fixture
def dump(school: Path, tmp_path: Path) -> Path:
    """The same school as JSON."""
    return make_dump(school, tmp_path / "dump.json")


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """The same school's files."""
    return make_media(tmp_path / "legacy-media")


@pytest.fixture(autouse=True)
def own_media_folder(tmp_path: Path, settings: Settings) -> Path:
    """Files go to a folder of the test's own."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    return folder
