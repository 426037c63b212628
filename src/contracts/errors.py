"""Domain errors: the only exceptions that may cross from one module to another.

An error is a dataclass with a stable `code`. The code and the fields travel as RFC 9457 problem+json and come back as
the same class.
Messages inside errors are already translated for the person who asked; codes never are.
"""

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from pydantic import TypeAdapter

_by_code: dict[str, type["DomainError"]] = {}


@dataclass(kw_only=True, eq=False)
class DomainError(Exception):
    """Base of all errors that a contract may declare. `message` says what happened and what to do next."""

    code: ClassVar[str]
    status: ClassVar[int]

    message: str = ""

    def __init_subclass__(cls, *, code: str, status: int) -> None:
        super().__init_subclass__()
        if code in _by_code:
            raise TypeError(f"two errors share the code {code!r}: {_by_code[code].__name__} and {cls.__name__}")
        cls.code, cls.status = code, status
        _by_code[code] = cls

    def __str__(self) -> str:
        return self.message or self.code

    def to_problem(self) -> dict[str, Any]:
        """The error as an RFC 9457 problem: `type`, `title`, `status`, `code` and the error's own fields."""
        data: dict[str, Any] = TypeAdapter(type(self)).dump_python(self, mode="json")
        data["detail"] = data.pop("message")
        return {"type": "about:blank", "title": type(self).__name__, "status": self.status, "code": self.code, **data}

    @staticmethod
    def from_problem(problem: dict[str, Any]) -> "DomainError":
        """The error that `to_problem` described. Raises KeyError for a code that no class here has."""
        cls = _by_code[problem["code"]]
        names = {f.name for f in fields(cls)}
        data = {name: problem[name] for name in names if name in problem} | {"message": problem.get("detail", "")}
        return TypeAdapter(cls).validate_python(data)


@dataclass(kw_only=True, eq=False)
class NotFound(DomainError, code="not_found", status=404):
    """No such row, or none that this actor may know of. `entity` is the contract's name for it, as in
    "academics.Course".
    """

    entity: str
    id: int | str


@dataclass(kw_only=True, eq=False)
class Invalid(DomainError, code="invalid", status=422):
    """Input that cannot be accepted: for each field of the request the messages that explain why."""

    fields: dict[str, list[str]]

    def __str__(self) -> str:
        return self.message or "; ".join(f"{name}: {' '.join(texts)}" for name, texts in self.fields.items())


@dataclass(kw_only=True, eq=False)
class Forbidden(DomainError, code="forbidden", status=403):
    """The actor may not do this. Every operation may raise it, since permission is decided inside the service."""


@dataclass(kw_only=True, eq=False)
class Unauthenticated(DomainError, code="unauthenticated", status=401):
    """The credentials do not identify an active account."""


@dataclass(kw_only=True, eq=False)
class Conflict(DomainError, code="conflict", status=409):
    """The state does not allow it (already decided, in use, …). `reason` is a stable word for programs."""

    reason: str


@dataclass(kw_only=True, eq=False)
class InUse(DomainError, code="in_use", status=409):
    """Other rows still refer to it, so it stays. `used_by` gives, per kind of row in words, how many."""

    used_by: dict[str, int]


@dataclass(kw_only=True, eq=False)
class LimitReached(DomainError, code="limit_reached", status=429):
    """Too much or too often. `retry_after` is in seconds, 0 when waiting does not help."""

    retry_after: int = 0


@dataclass(kw_only=True, eq=False)
class ModuleUnavailable(DomainError, code="module_unavailable", status=503):
    """The call did not complete. When `may_have_executed`, repeat only what is idempotent."""

    module: str
    may_have_executed: bool = field(default=False)


@dataclass(kw_only=True, eq=False)
class ModuleMoving(ModuleUnavailable, code="module_moving", status=503):
    """The module's data is being moved to another database, or was: nothing can be written at the old place. Reading
    goes on. `retry_after` is in seconds.
    """

    retry_after: int = 60
