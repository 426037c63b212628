"""Finds ties between modules that an import linter cannot see, in the source of a module or of the portal.

Names of models given as text, imports by name, foreign keys to other modules, other modules' tables in SQL, and calls
to interfaces that the module does not declare as required.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LOOKUPS = {"get_model", "get_app_config", "get_registered_model"}
IMPORTERS = {"import_module", "__import__", "import_string", "locate"}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


@dataclass(frozen=True)
class Tie:
    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Rules:
    """What is known of the house: its modules, and which module owns which table."""

    modules: frozenset[str]
    tables: Mapping[str, str]

    def ties(self, source: str, *, owner: str, path: Path) -> Iterator[Tie]:
        """The hidden ties in one file of `owner` ("portal", or a module's name)."""
        for node in ast.walk(ast.parse(source)):
            for what in (*self._call(node, owner), *self._text(node, owner)):
                yield Tie(path, getattr(node, "lineno", 0), what)

    def _call(self, node: ast.AST, owner: str) -> Iterator[str]:
        if not isinstance(node, ast.Call):
            return
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "to"), None)
        text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
        if name in LOOKUPS and (text is None or text.partition(".")[0].lower() != owner):
            yield f"looks up a model of {text or 'an unknown module'} by name"
        if name in IMPORTERS:
            yield f"imports {text or 'something'} by name"
        if name in RELATIONS and text and "." in text and text.partition(".")[0] != owner:
            yield f"has a foreign key to {text}: use ModuleRef"
        if (
            name in RELATIONS
            and isinstance(first, ast.Attribute)
            and first.attr == "AUTH_USER_MODEL"
            and owner != "users"
        ):
            yield "has a foreign key to the user model: use ModuleRef"

    def _text(self, node: ast.AST, owner: str) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for word in set(re.findall(r"\w+", node.value)):
                if self.tables.get(word, owner) != owner:
                    yield f"names the table {word} of {self.tables[word]}"


def interfaces_called(source: str) -> set[str]:
    """Names of the interfaces that a file asks for: `services.get(LeavesService)`."""
    return {
        node.args[0].id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "services"
        and node.args
        and isinstance(node.args[0], ast.Name)
    }


def imports(source: str) -> Iterator[str]:
    """Top-level packages that a file imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
