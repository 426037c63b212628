"""Where users runs in another process, its answers are remembered for a moment: an ended session is felt everywhere
within that time. Where it runs here it is asked every time.
"""

from collections.abc import Callable

from django.core.cache import cache

from contracts.users import Identity, UsersService
from kernel.registry import services

SECONDS = 60


def is_local() -> bool:
    return services.binding(UsersService) == "local"


def remembered(name: str, ask: Callable[[], Identity | None]) -> Identity | None:
    """The answer, or the one from a moment ago. That somebody is nobody is never remembered."""
    if is_local():
        return ask()
    key = _key(name)
    known = cache.get(key)
    if known is not None:
        return Identity.model_validate_json(known)
    found = ask()
    if found is not None:
        cache.set(key, found.model_dump_json(), SECONDS)
    return found


def forget(name: str) -> None:
    cache.delete(_key(name))


def _key(name: str) -> str:
    return f"identity:{name}"
