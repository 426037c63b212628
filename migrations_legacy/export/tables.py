"""From the rows of a model to rows of the legacy: each mapping read backwards."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from migrations_legacy.errors import Doubtful, Unplaceable
from migrations_legacy.export.rules import COMPUTED
from migrations_legacy.fields import Value
from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.mapping import TableMapping
from migrations_legacy.models import OriginalValues
from migrations_legacy.originals import Originals, decode, restored_by, way_back
from migrations_legacy.prepared import Values
from migrations_legacy.target import TargetTable

LegacyRow = dict[str, Value]


class BackwardTable:
    """One mapping read backwards."""

    def __init__(self, mapping: TableMapping) -> None:
        self.mapping, self.target = mapping, TargetTable(mapping)
        self.fields = [column.field for column in mapping.columns]
        self._ways: list[tuple[str, int, Callable[[Any], object]]] = [
            (source, place, way)
            for source, place in restored_by(mapping).items()
            if (way := way_back(mapping.columns[place])) is not None
        ]
        self._steps = self.target.storing()
        self._nullable = TABLES[mapping.source].nullable
        self.nulls_filled = 0
        """How often a variant had NULL where the legacy's own tables take none: what stands for it here is written."""
        self._readers: dict[str, list[int]] = {}
        for place, column in enumerate(mapping.columns):
            if len(column.sources) == 1:
                self._readers.setdefault(column.sources[0], []).append(place)

    def pages(self) -> Iterator[list[tuple[Values, LegacyRow]]]:
        """All rows: the values here in their written form, and the legacy's row."""
        for page in self.target.pages():
            yield self.backward(page)

    def backward(self, page: Sequence[Values]) -> list[tuple[Values, LegacyRow]]:
        """Rows of the legacy for rows here."""
        originals = self._originals([row[self.target.key_index] for row in page])
        computed = COMPUTED.get(self.mapping.target)
        rows = []
        for values in page:
            row: LegacyRow = {source: way(values[place]) for source, place, way in self._ways}
            if computed:
                name, work_out = computed
                row[name] = work_out(self.facts(values))
            for source, original in originals.get(values[self.target.key_index], {}).items():
                if original is None and source not in self._nullable:
                    self.nulls_filled += 1
                elif self._still_means(source, original, values):
                    row[source] = original
            rows.append((values, row))
        return rows

    def facts(self, values: Values) -> dict[str, Value]:
        """A row here, by fields."""
        return dict(zip(self.fields, values, strict=True))

    def _originals(self, keys: Sequence[Any]) -> dict[int, Originals]:
        if not keys or self.target.has_text_key:
            return {}
        kept = OriginalValues.objects.filter(
            source=self.mapping.source, target=self.mapping.target, key__range=(min(keys), max(keys))
        )
        return {key: decode(columns) for key, columns in kept.values_list("key", "columns").iterator()}

    def _still_means(self, source: str, original: Value, values: Values) -> bool:
        """Whether the legacy's own spelling still says what is stored here."""
        for place in self._readers.get(source, []):
            try:
                stored = self._steps[place](self.mapping.columns[place].convert(original))
            except Doubtful as doubt:
                stored = self._steps[place](doubt.value)
            except Unplaceable:
                return False
            if self.target.written_one(place, stored) != values[place]:
                return False
        return True
