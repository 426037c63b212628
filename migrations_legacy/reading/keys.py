"""Keys as numbers: what the legacy's integers are, and what stands for keys of text."""

from hashlib import blake2b

_ABOVE_PLAIN = 1 << 44
_BITS = 52
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_DIGITS = len(str(_HIGHEST))


def number_for(text: str) -> int:
    """The number that always stands for this text: far above the legacy's ids, and exact in every program."""
    digest = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    return _ABOVE_PLAIN + digest % (1 << _BITS)


def as_number(value: object) -> object:
    """A key that was kept as text, a float or a truth value, as the whole number that it is; others unchanged."""
    if value is None or type(value) is int:
        return value
    if isinstance(value, str):
        bare = value.strip()
        is_number = len(bare) <= _DIGITS and bare.isascii() and bare.isdigit() and str(int(bare)) == bare
        return int(bare) if is_number else value
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return value


def as_key(value: object) -> int | None:
    """The number of any key; see `number_for`."""
    number = as_number(value)
    if number is None:
        return None
    return within_64_bits(number) if isinstance(number, int) else number_for(str(number))


def within_64_bits(number: int) -> int:
    """The number itself, or what stands for one that no database takes."""
    return number if _LOWEST <= number <= _HIGHEST else number_for(str(number))
