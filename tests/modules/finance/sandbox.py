"""The payment sandbox for tests: the real server, in a thread, whose webhooks the test itself carries over."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import Client
from pytest_django import Settings

from modules.finance.sandbox.ledger import Choice
from modules.finance.sandbox.server import Fault, Sandbox
from modules.finance.sandbox.webhooks import Webhook

SECRET = "tests only"
HOOK = "/payments/webhook/sandbox/"

__all__ = ["HOOK", "SECRET", "Choice", "Fault", "Sandbox", "deliver", "in_use", "serving", "settings_for"]


@contextmanager
def serving() -> Iterator[Sandbox]:
    """A sandbox that sends no webhooks, and whose banks take until the test says so."""
    with Sandbox(secret=SECRET, later=3600) as sandbox:
        yield sandbox


def settings_for(sandbox: Sandbox) -> dict[str, str]:
    return {
        "PAYMENT_PROVIDER": "sandbox",
        "CURRENCY": "INR",
        "SANDBOX_PAYMENT_URL": sandbox.url,
        "SANDBOX_PAYMENT_SECRET": SECRET,
    }


def in_use(sandbox: Sandbox, settings: Settings) -> Sandbox:
    """Let the school take payments through this sandbox, as if it was new."""
    for name, value in settings_for(sandbox).items():
        setattr(settings, name, value)
    sandbox.fault = Fault()
    sandbox.told.clear()
    return sandbox


def deliver(webhook: Webhook, *, to: str = HOOK, **changes: str) -> tuple[int, dict[str, str]]:
    """Carry a webhook to the school, with other headers when given; the status and what was answered."""
    response = Client(enforce_csrf_checks=True).post(
        to, webhook.body, content_type="application/json", headers=webhook.headers | changes
    )
    return response.status_code, response.json()
