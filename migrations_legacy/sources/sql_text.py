"""The statements of a dump in MySQL's SQL, read as a stream: what tables there are, and one row after the other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import IO

from migrations_legacy.sources.base import SourceColumn, SourceTable

_CHUNK = 1 << 20
_LONGEST_VALUE = 64 << 20
_MOST_DIGITS = 1000

_SPACE = re.compile(r"\s+|--[^\n]*\n|#[^\n]*\n|/\*.*?\*/\s*;?", re.S)
_TEXT = r"'(?:[^'\\]++|\\.|'')*+'"
_TEXT_2 = r'"(?:[^"\\]++|\\.|"")*+"'
_QUOTED_NAME = r"`(?:[^`]|``)+`"
_NAME = rf"(?:{_QUOTED_NAME}|[\w$.]+)"
_INSERT = re.compile(
    rf"(?:INSERT|REPLACE)\s+(?:IGNORE\s+|DELAYED\s+|LOW_PRIORITY\s+)*INTO\s+({_NAME}(?:\.{_NAME})?)\s*"
    r"(?:\(([^)]*)\)\s*)?VALUES\s*",
    re.S | re.I,
)
_OTHER = re.compile(rf"(?:[^;'\"`]++|{_TEXT}|{_TEXT_2}|{_QUOTED_NAME})*+;", re.S)
_DELIMITER = re.compile(r"DELIMITER\s+(\S+)[^\n]*\n", re.I)
_VALUE = re.compile(
    rf"\s*(?:(?P<null>NULL)|0x(?P<hex>[0-9A-Fa-f]*)|b'(?P<bits>[01]*)'|(?P<number>[-+]?\d[\d.eE+-]*)"
    rf"|(?:_\w+\s*)?(?P<text>{_TEXT}|{_TEXT_2})|(?P<word>\w+(?:\(\))?))\s*(?P<end>[,)])",
    re.S,
)
_ESCAPED = re.compile(r"\\(.)|''|\"\"", re.S)
_MEANINGS = {"0": "\x00", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "Z": "\x1a"}
_WORDS = {"true": 1, "false": 0}

_CREATE = re.compile(
    rf"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?({_NAME}(?:\.{_NAME})?)\s*\((.*)\)[^)]*;", re.S | re.I
)
_ALTER = re.compile(rf"ALTER\s+TABLE\s+({_NAME})\s+(.*);", re.S | re.I)
_COLUMN = re.compile(rf"({_QUOTED_NAME})\s+([a-z]+)(.*)", re.S | re.I)
_PRIMARY = re.compile(r"PRIMARY\s+KEY\s*(?:USING\s+\w+\s*)?\(([^)]*)\)", re.I)
_FOREIGN = re.compile(rf"FOREIGN\s+KEY\s*(?:{_NAME}\s*)?\(([^)]*)\)\s*REFERENCES\s+({_NAME})\s*\(([^)]*)\)", re.I)
_INNER = rf"[^()'`]++|{_TEXT}|{_QUOTED_NAME}"
_PART = re.compile(rf"(?:[^,()'`]++|{_TEXT}|{_QUOTED_NAME}|\((?:{_INNER}|\([^()]*\))*+\))++", re.S)


class Broken(Exception):
    """The text is no dump, or ends before it should; the message says where."""


@dataclass
class Declared:
    """A table as CREATE TABLE and ALTER TABLE declare it."""

    name: str
    columns: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Column → type in lower case, and whether it may be NULL."""
    key: tuple[str, ...] = ()
    references: dict[str, tuple[str, str]] = field(default_factory=dict)

    def described(self) -> SourceTable:
        """The same as every source says it."""
        columns = [
            SourceColumn(name, kind, nullable, self.references.get(name))
            for name, (kind, nullable) in self.columns.items()
        ]
        return SourceTable(self.name, tuple(columns), self.key)


def bare(name: str) -> str:
    """A name without its quotes and without the database's."""
    return name.rpartition(".")[2].strip().strip('`"').replace("``", "`")


def bare_list(names: str) -> tuple[str, ...]:
    """Names between commas; lengths of prefixes, as in `(name(10))`, do not matter here."""
    return tuple(bare(name.partition("(")[0]) for name in names.split(",") if name.strip())


def plain(quoted: str) -> str:
    """The text that a literal stands for."""
    inner = quoted[1:-1]
    if "\\" not in inner and quoted[0] not in inner:
        return inner
    return _ESCAPED.sub(lambda found: _MEANINGS.get(found[1], found[1]) if found[1] else found[0][0], inner)


def _value(found: "re.Match[str]") -> object:
    if found["text"] is not None:
        return plain(found["text"])
    if (number := found["number"]) is not None:
        # Decimals stay as they are written, to be exact.
        return int(number) if number.lstrip("+-").isdigit() and len(number) <= _MOST_DIGITS else number
    if found["hex"] is not None:
        return bytes.fromhex(found["hex"])
    if found["bits"] is not None:
        return int(found["bits"] or "0", 2)
    return None if found["null"] else _WORDS.get(found["word"].lower(), found["word"])


class Statements:
    """Reads a dump. `tables` fills while `rows` is consumed."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._buffer, self._at, self._ended = file, "", 0, False
        self._delimiter = ";"
        self.tables: dict[str, Declared] = {}

    def rows(self) -> Iterator[tuple[str, tuple[str, ...], tuple[object, ...]]]:
        """(table, columns, values) of each inserted row; columns are empty when the statement names none.

        Broken when the text ends in the middle, or holds what is no SQL.
        """
        while self._skip_space():
            if found := self._match(_DELIMITER):
                self._delimiter = found[1]
            elif self._delimiter != ";":
                self._skip_routine()
            elif found := self._match(_INSERT):
                yield from self._inserted(bare(found[1]), bare_list(found[2] or ""))
            elif found := self._match(_OTHER, must_end=True):
                self._note(found[0])
            else:
                raise Broken("it ends in the middle of a statement")

    def _inserted(
        self, table: str, columns: tuple[str, ...]
    ) -> Iterator[tuple[str, tuple[str, ...], tuple[object, ...]]]:
        while True:
            self._expect("(")
            values: list[object] = []
            end = ","
            while end == ",":
                found = self._match(_VALUE)
                if found is None:
                    raise Broken(f"the rows of {table} end in the middle, or hold what is no value")
                values.append(_value(found))
                end = found["end"]
            yield table, columns, tuple(values)
            if self._expect(",;") == ";":
                return

    def _note(self, statement: str) -> None:
        """Remember what is declared about tables; everything else a dump says does not concern its rows."""
        if found := _CREATE.match(statement):
            table = self.tables.setdefault(bare(found[1]), Declared(bare(found[1])))
            for part in _PART.findall(found[2]):
                if column := _COLUMN.match(part.strip()):
                    table.columns[bare(column[1])] = (column[2].lower(), "NOT NULL" not in column[3].upper())
            self._declare(table, found[2])
        elif (found := _ALTER.match(statement)) and bare(found[1]) in self.tables:
            self._declare(self.tables[bare(found[1])], found[2])

    @staticmethod
    def _declare(table: Declared, text: str) -> None:
        if primary := _PRIMARY.search(text):
            table.key = bare_list(primary[1])
        for foreign in _FOREIGN.finditer(text):
            columns, targets = bare_list(foreign[1]), bare_list(foreign[3])
            if len(columns) == 1:
                table.references[columns[0]] = (bare(foreign[2]), targets[0] if targets else "")

    def _expect(self, characters: str) -> str:
        self._skip_space()
        character = self._buffer[self._at : self._at + 1]
        if not character or character not in characters:
            raise Broken(f"{characters[-1]!r} is missing" if character else "it ends in the middle of a statement")
        self._at += 1
        return character

    def _skip_routine(self) -> None:
        """Triggers and procedures stand between other delimiters."""
        while (place := self._buffer.find(self._delimiter, self._at)) < 0:
            if not self._fill():
                raise Broken("it ends in the middle of a statement")
        self._at = place + len(self._delimiter)

    def _skip_space(self) -> bool:
        """Go on to the next thing that is neither a blank nor a comment; False at the end."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            if found and (found.end() < len(self._buffer) or self._ended):
                self._at = found.end()
            elif found or self._at >= len(self._buffer) or self._buffer.startswith(("--", "#", "/*"), self._at):
                if not self._fill():
                    if found:
                        self._at = found.end()
                    return self._at < len(self._buffer) and not self._buffer.startswith(("--", "#"), self._at)
            else:
                return True

    def _match(self, pattern: "re.Pattern[str]", *, must_end: bool = False) -> "re.Match[str] | None":
        """Match here, with as much more of the file as that takes."""
        while True:
            found = pattern.match(self._buffer, self._at)
            # A match that ends with the buffer might be longer with more of the file.
            if found and (found.end() < len(self._buffer) or self._ended or must_end):
                self._at = found.end()
                return found
            enough = len(self._buffer) - self._at > (_LONGEST_VALUE if must_end or pattern is _VALUE else 4096)
            if enough or not self._fill():
                if found:
                    self._at = found.end()
                return found

    def _fill(self) -> bool:
        if self._ended:
            return False
        chunk = self._file.read(_CHUNK)
        self._ended = not chunk
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return True


def declared(statement: str) -> SourceTable:
    """The table that a CREATE TABLE declares. Broken when it is none."""
    statements = Statements(StringIO(statement + ";"))
    if next(statements.rows(), None) is not None or len(statements.tables) != 1:
        raise Broken("not the declaration of a table")
    return next(iter(statements.tables.values())).described()
