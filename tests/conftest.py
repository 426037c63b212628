"""Fixtures for the whole suite."""

from collections.abc import Callable

import pytest

from kernel.events.relay import Relay

pytest_plugins = ["tests.plugins.missing_browser"]


@pytest.fixture
def deliver(db: None) -> Callable[[], int]:
    """Deliver all events that are due, with what they cause; returns the number of attempts."""
    return Relay().drain
