"""Who may do what over the API: one table, from which the tests and `docs/permissions.md` are made.

Each module has a file here with its `ROWS`: by operation, as in "GET leaves/own/", what becomes of it for a student, a
teacher and the head. "yes / hidden" tells one's own thing from somebody else's. The words:

    yes      it is done                       hidden   as if it were not there (404)
    no       refused (403)                    invalid  refused as a value that does not fit (422)
    gone     the state does not allow it (409)

Without a login, with a deactivated account and after a session was revoked, only what is open to anybody is answered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

STATUSES = {"yes": (200, 201, 204), "no": (403,), "hidden": (404,), "invalid": (422,), "gone": (409,), "login": (401,)}
COLUMNS = ("nobody", "deactivated", "revoked", "student", "student, other's", "staff", "staff, other's", "hod")
"""Who asks, and about whose thing."""


@dataclass(frozen=True)
class Asked:
    """One request. The path is below /api/v1/."""

    method: str
    path: str
    query: Mapping[str, Any]
    body: Any


@dataclass(frozen=True)
class Row:
    """One operation. In `query`, `body` and `path`, "{name}" stands for one of `tests.api.matrix.things`."""

    student: str
    staff: str
    hod: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    """Names in the path that mean another thing than the one of that name."""
    public: bool = False

    def outcomes(self) -> dict[str, str]:
        """By column."""
        locked = "yes" if self.public else "login"
        student, staff = _both(self.student), _both(self.staff)
        return dict(zip(COLUMNS, (locked, locked, locked, *student, *staff, self.hod), strict=True))

    def asked(self, operation: str, named: Mapping[str, Any]) -> Asked:
        """The request, about these things."""
        method, _, path = operation.partition(" ")
        meant = {**named, **_filled(self.path, named)}
        return Asked(method, path.format_map(meant), _filled(self.query, named), _filled(self.body, named))


def _filled(template: Any, named: Mapping[str, Any]) -> Any:
    """What was written with names in braces, with what they stand for."""
    match template:
        case str() if found := re.fullmatch(r"\{(\w+)\}", template):
            return named[found[1]]
        case Mapping():
            return {name: _filled(inner, named) for name, inner in template.items()}
        case list():
            return [_filled(inner, named) for inner in template]
    return template


def _both(text: str) -> tuple[str, str]:
    own, _, others = text.partition(" / ")
    return own, others or own


@cache
def rows() -> dict[str, Row]:
    """The whole table."""
    found: dict[str, Row] = {}
    for module in iter_modules(__path__):
        found |= getattr(import_module(f"{__name__}.{module.name}"), "ROWS", {})
    return found


def page() -> str:
    """The table as `docs/permissions.md`."""
    lines = [
        "# Who may do what",
        "",
        "Written from the table in `tests/api/matrix/`, of which every cell is a test:",
        f"{len(rows())} operations × {len(COLUMNS)} = {len(rows()) * len(COLUMNS)} cells.",
        "",
        "- **yes**: it is done; **no**: refused (403); **hidden**: as if it were not there (404)",
        "- **a / b**: one's own, and somebody else's; own for staff: of a subject that they teach",
        "- Without a login, with a deactivated account and after the session was revoked, every operation below is",
        "  refused (401), but those marked *open*.",
    ]
    for module in sorted({name.partition(" ")[2].partition("/")[0] for name in rows()}):
        lines += ["", f"## {module}", "", "| operation | student | staff | head |", "|---|---|---|---|"]
        for name, row in rows().items():
            method, _, path = name.partition(" ")
            if path.startswith(f"{module}/"):
                mark = " *open*" if row.public else ""
                lines.append(f"| `{method} /api/v1/{path}`{mark} | {row.student} | {row.staff} | {row.hod} |")
    return "\n".join(lines) + "\n"
