"""What can go wrong while a school moves in."""


class LegacyError(Exception):
    """Ends the run. Its text is one line for whoever started it."""


class SourceRefused(LegacyError):
    """The path given is not something a school can be read from."""


class MappingError(LegacyError):
    """A mapping file does not fit the source or the target tables."""


class Unplaceable(Exception):
    """A row has no place. It goes to the quarantine with this reason.

    `code` is stable and groups rows in the report; the text says what is wrong with this row, without secrets.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Doubtful(Exception):
    """A value has a place, but not without a remark: `value` is stored, the text becomes a warning in the report.

    `rule` names what was done, and is counted in the report; the text says it of this value.
    """

    def __init__(self, value: object, text: str, *, rule: str = "") -> None:
        super().__init__(text)
        self.value = value
        self.text = text
        self.rule = rule or text


def first_line(error: Exception) -> str:
    """What a database objects to. The lines after the first repeat values of the row, which may be secret."""
    # MySQL's errors are a number and a text.
    text = error.args[1] if len(error.args) == 2 and isinstance(error.args[0], int) else error
    return str(text).partition("\n")[0]
