"""Which of a source's columns fill fields that the legacy does not know, as the operator's map says."""

from collections.abc import Mapping

from migrations_legacy.errors import SourceRefused
from migrations_legacy.offers import BY_NAME, Offer
from migrations_legacy.reading.columns import Alignment
from migrations_legacy.reading.operator import OperatorMap
from migrations_legacy.secrets import names_a_secret

Chosen = Mapping[tuple[str, str], Offer]
"""(Legacy table, the source's column) → the field that it fills."""


def chosen(said: OperatorMap, aligned: Mapping[str, Alignment]) -> Chosen:
    """SourceRefused when a column's rows have no such field, when it holds secrets, or when the field is taken."""
    tables = {alignment.origin.name: table for table, alignment in aligned.items()}
    found: dict[tuple[str, str], Offer] = {}
    for name, columns in said.columns.items():
        for column, target in columns.items():
            offer = BY_NAME.get(target)
            if offer is None:
                continue
            where = f"The map: the column {column} of {name} cannot become {target}"
            if tables.get(name) != offer.table:
                raise SourceRefused(f"{where}, which rows of the legacy's {offer.table} have and no others.")
            if names_a_secret(column):
                raise SourceRefused(f"{where}, since by its name it holds secrets, and the field is shown.")
            found[offer.table, column] = offer
    return found
