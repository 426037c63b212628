"""The sandbox's webhooks: signed over the raw body, repeated until they are answered with 2xx."""

import json
import queue
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import urllib3

from modules.finance import signatures
from modules.finance.sandbox.ledger import Entity

TIMEOUT = urllib3.Timeout(connect=2, read=5)  # seconds
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before each repetition; after the last one it is given up."""


@dataclass(frozen=True)
class Webhook:
    """One event as it goes out. A repetition is the same in every byte."""

    event: str
    body: bytes
    event_id: str
    signature: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "X-Razorpay-Signature": self.signature,
            "X-Razorpay-Event-Id": self.event_id,
        }


def make(event: str, *, secret: str, payment: Entity, order: Entity | None = None) -> Webhook:
    """The webhook of an event, as in "payment.captured"."""
    entities = {"payment": payment} | ({"order": order} if order else {})
    content = {
        "entity": "event",
        "account_id": "acc_sandbox",
        "event": event,
        "contains": list(entities),
        "payload": {name: {"entity": entity} for name, entity in entities.items()},
        "created_at": int(time.time()),
    }
    body = json.dumps(content).encode()
    return Webhook(event, body, f"evt_{secrets.token_hex(7)}", signatures.of_body(body, secret=secret))


class Sender(threading.Thread):
    """Delivers webhooks to one address, each in its own time. A daemon: what is not delivered is lost with it."""

    def __init__(self, url: str, *, pauses: Sequence[float] = PAUSES) -> None:
        super().__init__(name="sandbox-webhooks", daemon=True)
        self.url, self.pauses = url, pauses
        self._waiting: queue.PriorityQueue[tuple[float, int, int, Webhook]] = queue.PriorityQueue()
        self._count = 0
        self._http = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def send(self, webhook: Webhook) -> None:
        """Deliver soon, and again while it is not accepted."""
        self._enqueue(webhook, attempt=0, pause=0.0)

    def run(self) -> None:
        while True:
            due, _, attempt, webhook = self._waiting.get()
            if (pause := due - time.monotonic()) > 0:
                self._waiting.put((due, self._next(), attempt, webhook))
                time.sleep(min(pause, 0.2))
            elif not self._accepted(webhook) and attempt < len(self.pauses):
                self._enqueue(webhook, attempt=attempt + 1, pause=self.pauses[attempt])

    def _accepted(self, webhook: Webhook) -> bool:
        try:
            response = self._http.request("POST", self.url, body=webhook.body, headers=webhook.headers)
        except urllib3.exceptions.HTTPError:
            return False
        return 200 <= response.status < 300

    def _enqueue(self, webhook: Webhook, *, attempt: int, pause: float) -> None:
        self._waiting.put((time.monotonic() + pause, self._next(), attempt, webhook))

    def _next(self) -> int:
        """Settles ties between webhooks that are due at the same moment: first come, first served."""
        self._count += 1
        return self._count
