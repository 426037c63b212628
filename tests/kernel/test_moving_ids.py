"""Where the kernel's ids go on when a module has a database of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lifting.tables import STRIDE, first_id

pytestmark = pytest.mark.sqlite_only
PLACES = 8


@given(st.integers(0, 2**50), st.integers(0, PLACES - 1), st.integers(0, PLACES - 1), st.integers(1, STRIDE - 1))
def test_ids_are_new_and_never_those_of_another_database(highest: int, one: int, other: int, given_since: int) -> None:
    begin = first_id(highest, one, PLACES)
    assert begin > highest
    assert begin + given_since < 2**63
    if one != other:
        assert not begin <= first_id(highest, other, PLACES) <= begin + given_since
