"""Fixtures for calls between processes."""

from tests.kernel.rpc.serving import address

__all__ = ["address"]
