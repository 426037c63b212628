"""The cache that processes share: Redis, and for as long as Redis is away the memory of each process.

What was remembered is asked for again then, and what is counted, such as failed logins, each process counts for itself:
nothing in the cache is worth a page that cannot be shown.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def _or_of_its_own(name: str) -> Callable[..., Any]:
    """Redis's method of this name, or that of the process's own memory."""
    shared = getattr(RedisCache, name)

    @wraps(shared)
    def method(self: "SharedCache", *args: Any, **options: Any) -> Any:
        try:
            return shared(self, *args, **options)
        except RedisError as error:
            log.warning("cache_is_away", operation=name, error=type(error).__name__)
            return getattr(self.own, name)(*args, **options)

    return method


class SharedCache(RedisCache):
    """Django's Redis cache, without its errors."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.own = LocMemCache("while Redis is away", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    add = _or_of_its_own("add")
    get = _or_of_its_own("get")
    set = _or_of_its_own("set")
    touch = _or_of_its_own("touch")
    delete = _or_of_its_own("delete")
    incr = _or_of_its_own("incr")
    has_key = _or_of_its_own("has_key")
    get_many = _or_of_its_own("get_many")
    set_many = _or_of_its_own("set_many")
    delete_many = _or_of_its_own("delete_many")
    clear = _or_of_its_own("clear")
