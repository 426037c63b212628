"""Where a request comes from, as far as that can be trusted."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from contracts.users import Origin

LONGEST_AGENT = 300


def origin_of(request: HttpRequest) -> Origin:
    return Origin(address=_address(request), agent=request.headers.get("User-Agent", "")[:LONGEST_AGENT])


def _address(request: HttpRequest) -> str:
    """The client's, behind as many proxies as TRUSTED_PROXIES says; empty over a socket that has none.

    Each proxy adds whom it heard from at the end of X-Forwarded-For. What stands before the entries of the trusted ones
    was said by the client, and could be anything.
    """
    heard = [request.META.get("REMOTE_ADDR") or ""]
    if settings.TRUSTED_PROXIES:
        forwarded = [entry for entry in request.headers.get("X-Forwarded-For", "").split(",") if entry.strip()]
        heard = [*forwarded[-settings.TRUSTED_PROXIES :], *heard]
    return next((address for address in map(_bare, heard) if address), "")


def _bare(written: str) -> str:
    """The address alone, as in 192.0.2.1, [2001:db8::1]:443 or 192.0.2.1:80; empty for what is none."""
    text = written.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
