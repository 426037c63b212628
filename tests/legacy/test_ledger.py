"""What was placed is remembered: small, exact, and on the right side of a crash."""

import pytest

from migrations_legacy.ledger import Ledger, pack, unpack
from migrations_legacy.models import PlacedBlock

BIG = 2**64 - 1


def test_packing_loses_nothing_and_costs_16_bytes_a_row() -> None:
    entries = {701: 0, -3: BIG, 2**62: 12345}
    packed = pack(entries)
    assert unpack(packed) == entries
    assert len(packed) == 16 * len(entries)


def test_packing_is_little_endian_on_every_machine() -> None:
    assert pack({1: 2}) == b"\x01" + bytes(7) + b"\x02" + bytes(7)


@pytest.mark.django_db
def test_a_block_of_keys_is_stored_and_found_again() -> None:
    ledger = Ledger("students", "users.StudentProfile", hashed=False)
    ledger.save({number: number * 7 for number in range(500, 2500)})
    again = Ledger("students", "users.StudentProfile", hashed=False)
    assert PlacedBlock.objects.count() == 3
    assert again.load([1234]) == {number: number * 7 for number in range(1000, 2000)}
    assert len(again) == 2000
    assert not Ledger("students", "academics.Enrollment", hashed=False).load([1234])


@pytest.mark.django_db
def test_saving_a_block_replaces_it() -> None:
    ledger = Ledger("courses", "academics.Course", hashed=False)
    ledger.save({1: 10, 2: 20})
    ledger.save(ledger.load([1]) | {2: 21, 3: 30})
    assert Ledger("courses", "academics.Course", hashed=False).load([1]) == {1: 10, 2: 21, 3: 30}
    assert PlacedBlock.objects.count() == 1


@pytest.mark.django_db
def test_text_keys_spread_over_few_blocks() -> None:
    ledger = Ledger("django_session", "sessions.Session", hashed=True)
    keys = [(number * 0x9E3779B97F4A7C15) % 2**64 - 2**63 for number in range(5000)]
    ledger.save(dict.fromkeys(keys, 1))
    assert PlacedBlock.objects.count() <= 1024
    assert ledger.load(keys) == dict.fromkeys(keys, 1)


@pytest.mark.django_db
def test_deferred_entries_are_known_at_once_but_stored_only_by_flush() -> None:
    ledger = Ledger("courses", "academics.Course", hashed=False, deferred=True)
    ledger.save({1: 10})
    assert ledger.load([1]) == {1: 10}
    assert not PlacedBlock.objects.exists()
    ledger.flush()
    assert Ledger("courses", "academics.Course", hashed=False).load([1]) == {1: 10}
