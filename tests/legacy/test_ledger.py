"""What was placed is remembered: small, exact, and on the right side of a crash."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_legacy.ledger import Block, Ledger, pack, pack_columns, unpack, unpack_columns
from migrations_legacy.models import PlacedBlock
from migrations_legacy.sources.base import Row, Rows

BIG = 2**64 - 1


def test_packing_loses_nothing_and_costs_16_bytes_a_row() -> None:
    entries = {701: 0, -3: BIG, 2**62: 12345}
    packed = pack(entries)
    assert unpack(packed) == entries
    assert len(packed) == 16 * len(entries)


def test_packing_is_little_endian_on_every_machine() -> None:
    assert pack({1: 2}) == b"\x01" + bytes(7) + b"\x02" + bytes(7)


def test_the_digests_of_columns_come_back_to_their_rows() -> None:
    columns = {701: (1, 2, 3), -3: (4, 5, 2**32 - 1)}
    assert unpack_columns(pack_columns(columns), [701, -3]) == columns
    assert unpack_columns(b"", [701]) == {}


def blocks_of(ledger: Ledger, entries: dict[int, int]) -> dict[int, Block]:
    blocks: dict[int, Block] = {}
    for key, digest in entries.items():
        blocks.setdefault(ledger.block_of(key), Block()).entries[key] = digest
    return blocks


@pytest.mark.django_db
def test_a_block_of_keys_is_stored_and_found_again() -> None:
    ledger = Ledger("students", "users.StudentProfile", hashed=False)
    assert ledger.is_empty
    ledger.save(blocks_of(ledger, {number: number * 7 for number in range(500, 2500)}))
    again = Ledger("students", "users.StudentProfile", hashed=False)
    assert PlacedBlock.objects.count() == 3
    assert again.load([1])[1].entries == {number: number * 7 for number in range(1000, 2000)}
    assert sum(len(block.entries) for _, block in again.everything()) == 2000
    assert Ledger("students", "academics.Enrollment", hashed=False).load([1]) == {1: Block()}


@pytest.mark.django_db
def test_saving_a_block_replaces_it_and_an_empty_one_goes() -> None:
    ledger = Ledger("users", "users.User", hashed=False)
    block = Block({1: 10, 2: 20}, {1: (7, 8), 2: (9, 9)}, b"s" * 16)
    ledger.save({0: block})
    assert Ledger("users", "users.User", hashed=False).load([0]) == {0: block}
    block.forget(1)
    ledger.save({0: block})
    assert Ledger("users", "users.User", hashed=False).load([0]) == {0: Block({2: 20}, {2: (9, 9)})}
    block.forget(2)
    ledger.save({0: block})
    assert not PlacedBlock.objects.exists()
    assert ledger.is_empty


@pytest.mark.django_db
def test_text_keys_spread_over_few_blocks() -> None:
    ledger = Ledger("django_session", "sessions.Session", hashed=True)
    keys = [(number * 0x9E3779B97F4A7C15) % 2**64 - 2**63 for number in range(5000)]
    ledger.save(blocks_of(ledger, dict.fromkeys(keys, 1)))
    assert PlacedBlock.objects.count() <= 1024
    found = ledger.load({ledger.block_of(key) for key in keys})
    assert {key for block in found.values() for key in block.entries} == set(keys)


@pytest.mark.django_db
def test_deferred_entries_are_known_at_once_but_stored_only_by_flush() -> None:
    ledger = Ledger("courses", "academics.Course", hashed=False, deferred=True)
    ledger.save({0: Block({1: 10})})
    assert ledger.load([0])[0].entries == {1: 10}
    assert not PlacedBlock.objects.exists()
    ledger.flush()
    assert Ledger("courses", "academics.Course", hashed=False).load([0])[0].entries == {1: 10}


@pytest.mark.django_db
@given(keys=st.lists(st.integers(-3000, 5000), min_size=1, unique=True))
def test_rows_in_the_order_of_their_keys_are_cut_into_the_blocks_of_their_keys(keys: list[int]) -> None:
    ledger = Ledger("students", "users.StudentProfile", hashed=False)
    rows: list[Row] = [{"id": key} for key in sorted(keys)]
    blocks = ledger.by_block(Rows.of(("id",), rows), "id")
    assert [row for block in blocks.values() for row in block] == rows
    assert all(number == ledger.block_of(cast("int", row["id"])) for number, block in blocks.items() for row in block)
