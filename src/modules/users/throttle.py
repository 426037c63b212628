"""Slows down who guesses passwords: a number of failures per name in a span of time, counted in the cache.

Successful logins never count, so that people who share an e-mail do not lock each other out.
"""

import time
from hashlib import sha256

from django.core.cache import cache

MOST_FAILURES = 10
SPAN_SECONDS = 300


def wait_seconds(name: str) -> int:
    """How long to wait before the next try under this name; 0 when it may be made now."""
    if cache.get(_key(name), 0) < MOST_FAILURES:
        return 0
    return SPAN_SECONDS - int(time.time()) % SPAN_SECONDS


def count_failure(name: str) -> None:
    key = _key(name)
    if cache.add(key, 1, SPAN_SECONDS):
        return
    try:
        cache.incr(key)
    except ValueError:  # a full cache dropped it in between
        cache.set(key, 1, SPAN_SECONDS)


def _key(name: str) -> str:
    """One counter per name and span. People type passwords where names belong: caches see neither."""
    return f"users:failures:{sha256(name.encode()).hexdigest()}:{int(time.time()) // SPAN_SECONDS}"
