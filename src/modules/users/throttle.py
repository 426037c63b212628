"""Slows down who guesses passwords: failures in a span of time, counted in the cache. Successful logins never count.

Three counters, since a guesser may try many passwords on one name, many names from one address, or one name from many
addresses, while a whole school may sit behind one address and hold people who share an e-mail:

- a name from one address: when it is used up, that address waits for that name, even with the right password;
- a name from anywhere, and an address under any name: when one is used up, strangers wait. Who has logged in to the
  account from this address before is no stranger, so that nobody can lock a school, or a person at home, out.

What a caller says to a name is the same whether anybody has that name.
"""

import time
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache

MOST_FAILURES = 10
"""Of one name from one address."""
MOST_FAILURES_OF_STRANGERS = 50
"""Of one name, and of one address."""
MOST_RESETS = 3
"""Mails about a forgotten password to one address."""
MOST_RESETS_ASKED = 20
"""Of those, asked for from one place."""
SPAN_SECONDS = 300


@dataclass(frozen=True)
class Attempt:
    """A try to log in under a name, from an address; empty when it is not known."""

    name: str
    address: str

    def wait_seconds(self) -> int:
        """How long this address has to wait for this name; 0 when it may try now."""
        return _wait(self._pair, MOST_FAILURES)

    def strangers_wait_seconds(self) -> int:
        """How long those have to wait who never logged in from here; 0 when they may try now."""
        return max(_wait(key, MOST_FAILURES_OF_STRANGERS) for key in self._wide)

    def count_failure(self) -> None:
        for key in (self._pair, *self._wide):
            _count(key)

    @property
    def _pair(self) -> str:
        return _key("pair", self.name, _network(self.address))

    @property
    def _wide(self) -> tuple[str, ...]:
        by_name = _key("name", self.name)
        return (by_name, _key("address", _network(self.address))) if self.address else (by_name,)


def wait_before_reset(email: str, address: str) -> int:
    """Counts that a mail about a forgotten password is asked for; how long to wait when that is too often, else 0."""
    limits = [(_key("reset", email.lower()), MOST_RESETS)]
    if address:
        limits.append((_key("resets from", _network(address)), MOST_RESETS_ASKED))
    wait = max(_wait(key, most) for key, most in limits)
    if not wait:
        for key, _most in limits:
            _count(key)
    return wait


def _wait(key: str, most: int) -> int:
    """Until the span ends, once so many failures were counted in it."""
    return 0 if cache.get(key, 0) < most else SPAN_SECONDS - int(time.time()) % SPAN_SECONDS


def _count(key: str) -> None:
    if cache.add(key, 1, SPAN_SECONDS):
        return
    try:
        cache.incr(key)
    except ValueError:  # a full cache dropped it in between
        cache.set(key, 1, SPAN_SECONDS)


def _key(*parts: str) -> str:
    """One counter per span. People type passwords where names belong: caches see neither."""
    digest = sha256("\0".join(parts).encode()).hexdigest()
    return f"users:failures:{digest}:{int(time.time()) // SPAN_SECONDS}"


def _network(address: str) -> str:
    """One customer of a provider: the address, or with IPv6, where everybody has plenty of them, its first half."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else address
