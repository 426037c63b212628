"""What is repeated on PostgreSQL: the tests that ask for a database. The others say the same on any, and so they are
`sqlite_only` without saying so.
"""

import pytest

ASKING = {"db", "transactional_db", "django_db_setup", "template"}
"""Fixtures that lead to the database under test; the last one to copies of a school beside it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked = getattr(item, "fixturenames", ASKING)
        if not (item.get_closest_marker("django_db") or ASKING.intersection(asked)):
            item.add_marker(pytest.mark.sqlite_only)
