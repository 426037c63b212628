"""What holds for the work in hand: the request that it belongs to, and the module whose code is running."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

import structlog

TRACE_HEADER = "traceparent"
"""W3C Trace Context; passed on as it came."""

_module: ContextVar[str | None] = ContextVar("running_module", default=None)


def request_id() -> str:
    """The id of the request or job in hand; one is made and kept where none was given."""
    known = structlog.contextvars.get_contextvars().get("request_id")
    if known:
        return str(known)
    made = uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=made)
    return made


def trace() -> str | None:
    """The trace that the request in hand belongs to, if whoever sent it said so."""
    return structlog.contextvars.get_contextvars().get(TRACE_HEADER)


def running_module() -> str | None:
    """The module whose code is running, "portal" for pages, None for work that belongs to none (migrations, shell,
    tests).
    """
    return _module.get()


@contextmanager
def running(module: str | None) -> Iterator[None]:
    """Says whose code runs inside the block. The guard holds that module to its own tables."""
    token = _module.set(module)
    try:
        yield
    finally:
        _module.reset(token)


enter_module, leave_module = _module.set, _module.reset
"""The two halves of `running`, for the one place where a generator would cost too much: the local binding."""
