"""Reads ids that pages and scripts send."""

LARGEST = 2**63 - 1


def row_id(value: object) -> int:
    """The id that a text or number names. Raises ValueError for what can be no row's id: databases fail on larger
    numbers.
    """
    number = int(str(value))
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} can be no id")
    return number


def row_id_or_none(value: object) -> int | None:
    """The same; None for what can be no row's id."""
    try:
        return row_id(value)
    except ValueError:
        return None


class RowIdConverter:
    """A row's id in an address: digits that a database can hold. Anything else matches no route, and is not found."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        return row_id(value)

    def to_url(self, value: int) -> str:
        return str(value)
