"""Whatever a value is, it can be kept as JSON, and given back."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_legacy.keeping import given_back, plain

pytestmark = pytest.mark.sqlite_only

VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.binary(),
    st.text(alphabet=st.characters(exclude_categories=())),
    st.lists(st.integers() | st.text()),
)


@given(value=VALUES)
def test_what_is_kept_is_given_back(value: object) -> None:
    kept = json.dumps(plain(value), allow_nan=False)
    assert "\x00" not in str(plain(value)), "PostgreSQL's JSON takes none"
    assert repr(given_back(json.loads(kept))) == repr(value)


def test_what_is_kept_can_be_read() -> None:
    broken = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert [plain(value) for value in (b"\x01\xff", float("inf"), "a\x00b", broken, Decimal("1.50"), 2.5)] == [
        {"bytes": "01ff"},
        {"number": "inf"},
        {"text": "a\\x00b"},
        {"text": "caf\\udce9"},
        "1.50",
        2.5,
    ]
