"""Digests stand for content: the same for the same, different for different, in any order, on any database."""

from random import Random

import pytest

from migrations_legacy.digest import Checksum, digest_of, key_number

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, "a"), (1, "b")),
        ((1, None), (1, "None")),
        ((1,), ("1",)),
        (("a,b", "c"), ("a", "b,c")),
        (("Zoe\u0308",), ("Zo\u00eb",)),
        (("x",), ("x", "")),
    ],
)
def test_different_rows_have_different_digests(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    assert digest_of(one) != digest_of(other)


def test_a_digest_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert digest_of((701, "Zoë 🎓", None, 1.5)) == 0x9D4C9E4F5FA23BF2


def test_a_checksum_does_not_depend_on_the_order() -> None:
    digests = [digest_of((number,)) for number in range(100)]
    shuffled = digests[:]
    Random(7).shuffle(shuffled)
    one, other = Checksum(), Checksum()
    for digest in digests:
        one.add(digest)
    for digest in shuffled:
        other.add(digest)
    assert one == other
    other.add(0)
    assert one != other, "a row of digest 0 still counts as a row"


def test_integer_keys_stand_for_themselves_and_text_keys_fit_64_bits() -> None:
    assert key_number(-5) == -5
    assert -(2**63) <= key_number("f9b1bd5355284936b6108025fad1c87a") < 2**63
