"""Keeps how the legacy wrote a value, where what is stored here would not give it back.

Most values are stored as they were. Some mean the same in several spellings: NULL and the empty text,
`/media/a%20b.png` and `a b.png`, 3 and "rejected". The spelling is kept beside, so that a legacy can be written again
as it was.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from migrations_legacy.convert import (
    boolean,
    closing_day,
    day,
    decimal,
    instant,
    integer,
    media_path,
    opening_day,
    picture_path,
    real,
    text,
    text_or_blank,
    tidy,
    tidy_or_blank,
)
from migrations_legacy.errors import Doubtful, Unplaceable
from migrations_legacy.mapping import Column, Convert, TableMapping
from migrations_legacy.models import OriginalValues
from migrations_legacy.passwords import password
from migrations_legacy.sources.base import Rows
from migrations_legacy.target import TargetTable

_REMEMBERED = 50_000
_AT_ONCE = 500

Originals = dict[str, Any]
Back = Callable[[Any], object]

_ALWAYS_COMES_BACK: dict[Convert, type | None] = {
    integer: int,
    text: str,
    text_or_blank: str,
    tidy: None,
    tidy_or_blank: None,
    password: str,  # clear text that was hashed is not kept
    real: float,
    decimal: None,
    boolean: None,
    instant: None,
    day: None,
    opening_day: None,
    closing_day: None,
    media_path: None,
    picture_path: None,
}
"""Conversions whose result, as it is stored, is what the legacy stores → values of which kind are always the same."""


def _as_stored(value: Any) -> object:
    return value


def way_back(column: Column) -> Back | None:
    """A function from a stored value to what the legacy stores; None when the column does not tell."""
    if column.back is not None:
        return column.back
    return _as_stored if column.convert in _ALWAYS_COMES_BACK else None


def encode(values: Mapping[str, object]) -> str:
    """Values as text, exactly."""
    return json.dumps(values, default=_encode_other, sort_keys=True)


def decode(text: str) -> Originals:
    """The reverse of `encode`."""
    values: Originals = json.loads(text, object_hook=_decode_other)
    return values


def _encode_other(value: object) -> object:
    return {"bytes": value.hex()} if isinstance(value, bytes) else str(value)


def _decode_other(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value["bytes"]) if value.keys() == {"bytes"} else value


def restored_by(mapping: TableMapping) -> dict[str, int]:
    """Source column → place of the target's column that gives it back."""
    found: dict[str, int] = {}
    for place, column in enumerate(mapping.columns):
        if len(column.sources) == 1 and way_back(column) is not None:
            found.setdefault(column.sources[0], place)
    return found


def same_value(original: object, restored: object) -> bool:
    """Whether two spellings are one value to a database: 500 and "500.00", `…T08:30:00Z` and `… 08:30:00`."""
    if original == restored:
        return type(original) is type(restored) or not isinstance(original, str)
    if original is None or restored is None:
        return False
    if isinstance(original, str) and isinstance(restored, str) and original[10:11] == "T":
        plain = original.replace("T", " ", 1).removesuffix("Z").removesuffix("+00:00")
        return plain == restored or _without_zeros(plain) == _without_zeros(restored)
    try:
        return type(original) in (int, float, Decimal, str) and Decimal(str(original)) == Decimal(str(restored))
    except InvalidOperation:
        return False


def _without_zeros(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written


class OriginalsKeeper:
    """Finds out which values of one mapping's rows would be lost, and keeps them."""

    def __init__(self, mapping: TableMapping, target: TargetTable) -> None:
        self._mapping = mapping
        steps = target.storing()
        self._checks = [
            (source, place, self._restoring(target, mapping.columns[place], steps[place], place))
            for source, place in restored_by(mapping).items()
        ]
        self._faithful: dict[str, set[object]] = {source: set() for source, _, _ in self._checks}

    def lost(
        self, numbers: Sequence[int], rows: Rows, stored: Sequence[Sequence[object]] | None = None
    ) -> dict[int, Originals]:
        """Key number → source columns with the values that would not come back.

        `numbers`: those of the rows; `stored`: of each mapped field, what was made of the rows, in its written form.
        """
        found: dict[int, Originals] = {}
        for source, place, restored in self._checks:
            column, values = self._mapping.columns[place], rows.column(source)
            if stored and column.back is None and list(values) == list(stored[place]):
                continue
            if doubtful := self._doubtful(source, column, restored, values):
                for number, value in zip(numbers, values, strict=True):
                    if value in doubtful:
                        found.setdefault(number, {})[source] = value
        return found

    def store(self, numbers: Iterable[int], found: Mapping[int, Originals], *, fresh: bool) -> None:
        """Keep what was found for these rows, in the place of what was kept before."""
        wanted = {number: encode(values) for number, values in found.items()}
        kept: dict[int, str] = {}
        if not fresh:
            for part in _parts(sorted(numbers)):
                kept.update(self._stored().filter(key__in=part).values_list("key", "columns"))
        if stale := kept.keys() - wanted.keys():
            self.forget(stale)
        store_originals(
            self._mapping.source,
            self._mapping.target,
            {number: text for number, text in wanted.items() if kept.get(number) != text},
        )

    def forget(self, numbers: Iterable[int]) -> None:
        """The rows are gone."""
        for part in _parts(sorted(numbers)):
            self._stored().filter(key__in=part).delete()

    def _stored(self) -> Any:
        return OriginalValues.objects.filter(source=self._mapping.source, target=self._mapping.target)

    def _doubtful(
        self, source: str, column: Column, restored: Callable[[object], object], values: Sequence[object]
    ) -> set[object]:
        plain = _ALWAYS_COMES_BACK.get(column.convert)
        if plain and set(map(type, values)) == {plain}:
            return set()
        faithful = self._faithful[source]
        doubtful = set()
        for value in set(values) - faithful:
            if plain and type(value) is plain:
                continue
            if same_value(value, restored(value)):
                faithful.add(value)
            else:
                doubtful.add(value)
        if len(faithful) > _REMEMBERED:
            faithful.clear()
        return doubtful

    @staticmethod
    def _restoring(
        target: TargetTable, column: Column, step: Callable[[Any], Any], place: int
    ) -> Callable[[object], object]:
        """A function from a source value to what an export would write for it."""
        back = way_back(column) or _as_stored

        def restored(value: object) -> object:
            try:
                stored = step(column.convert(value))
            except Doubtful as doubt:
                stored = step(doubt.value)
            except Unplaceable:
                return value
            return back(target.written_one(place, stored))

        return restored


def store_originals(source: str, target: str, texts: Mapping[int, str]) -> None:
    """Keep these, in the place of what was kept under their keys."""
    OriginalValues.objects.bulk_create(
        [OriginalValues(source=source, target=target, key=number, columns=text) for number, text in texts.items()],
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["source", "target", "key"],
        update_fields=["columns"],
    )


def _parts(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))
