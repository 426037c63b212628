"""The walks say what was not as it should be, as tests do."""

import pytest

pytest.register_assert_rewrite(
    "tests.topologies.day", "tests.topologies.on_pages", "tests.topologies.over_rest", "tests.topologies.visitors"
)
