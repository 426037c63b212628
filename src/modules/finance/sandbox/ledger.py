"""Orders and payments of the sandbox, in memory, in the shapes of Razorpay's API. Amounts are in the smallest unit."""

import secrets
import threading
import time
from enum import StrEnum
from typing import Any

Entity = dict[str, Any]

LEAST_AMOUNT = 100
"""As Razorpay: nothing below one rupee."""


class Choice(StrEnum):
    """What the person at the checkout lets happen."""

    PAY = "pay"
    REFUSE = "refuse"
    """The bank refuses."""
    LATER = "later"
    """The bank holds the money; it arrives some seconds after the browser has returned."""
    LOST = "lost"
    """The money arrives, and the browser never returns."""
    SHORT = "short"
    """Less money arrives than was ordered."""


class Refused(Exception):
    """A request that the API answers with an error; the text is its description."""


class Ledger:
    """May be used by several threads at once."""

    def __init__(self) -> None:
        self._orders: dict[str, Entity] = {}
        self._payments: dict[str, Entity] = {}
        self._lock = threading.Lock()

    def create_order(self, wanted: Entity) -> Entity:
        """Raises Refused for an amount or currency that no order can have."""
        amount, currency, receipt = wanted.get("amount"), wanted.get("currency"), wanted.get("receipt", "")
        if not isinstance(amount, int) or isinstance(amount, bool) or amount < LEAST_AMOUNT:
            raise Refused(f"Order amount less than minimum amount allowed: {LEAST_AMOUNT}")
        if not isinstance(currency, str) or len(currency) != 3:
            raise Refused("Currency is not supported")
        if not isinstance(receipt, str) or len(receipt) > 40:
            raise Refused("The receipt must not be longer than 40 characters")
        order: Entity = {
            "id": _new_id("order"),
            "entity": "order",
            "amount": amount,
            "amount_paid": 0,
            "amount_due": amount,
            "currency": currency,
            "receipt": receipt,
            "status": "created",
            "attempts": 0,
            "created_at": int(time.time()),
        }
        with self._lock:
            self._orders[order["id"]] = order
        return dict(order)

    def order(self, order_id: str) -> Entity:
        """Raises Refused when there is none."""
        with self._lock:
            return dict(self._known(self._orders, order_id))

    def payment(self, payment_id: str) -> Entity:
        """Raises Refused when there is none."""
        with self._lock:
            return dict(self._known(self._payments, payment_id))

    def payments_of(self, order_id: str) -> list[Entity]:
        """The newest first. Raises Refused when there is no such order."""
        with self._lock:
            self._known(self._orders, order_id)
            return [dict(p) for p in reversed(self._payments.values()) if p["order_id"] == order_id]

    def pay(self, order_id: str, choice: Choice) -> Entity:
        """Attempt to pay an order. Raises Refused when there is none, or when it is paid already."""
        with self._lock:
            order = self._known(self._orders, order_id)
            if order["status"] == "paid":
                raise Refused("The order is already paid")
            order["attempts"] += 1
            order["status"] = "attempted"
            payment: Entity = {
                "id": _new_id("pay"),
                "entity": "payment",
                "order_id": order_id,
                "amount": order["amount"] - (choice is Choice.SHORT),
                "currency": order["currency"],
                "method": "card",
                "status": {Choice.REFUSE: "failed", Choice.LATER: "authorized"}.get(choice, "captured"),
                "captured": False,
                "error_description": "The bank refused the payment." if choice is Choice.REFUSE else None,
                "created_at": int(time.time()),
            }
            self._payments[payment["id"]] = payment
            if payment["status"] == "captured":
                self._capture(payment)
            return dict(payment)

    def capture(self, payment_id: str) -> Entity:
        """Let the money of an authorized payment arrive."""
        with self._lock:
            payment = self._known(self._payments, payment_id)
            self._capture(payment)
            return dict(payment)

    def _capture(self, payment: Entity) -> None:
        payment.update(status="captured", captured=True)
        order = self._orders[payment["order_id"]]
        order.update(amount_paid=payment["amount"], amount_due=order["amount"] - payment["amount"], status="paid")

    @staticmethod
    def _known(table: dict[str, Entity], entity_id: str) -> Entity:
        if entity_id not in table:
            raise Refused("The id provided does not exist")
        return table[entity_id]


def _new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(7)}"
