"""Signatures of Razorpay's style: HMAC-SHA256 in hexadecimal digits. Needs the standard library only."""

import hashlib
import hmac


def of_payment(*, order_id: str, payment_id: str, secret: str) -> str:
    """What a checkout returns with a payment: the signature of "order|payment"."""
    return of_body(f"{order_id}|{payment_id}".encode(errors="replace"), secret=secret)


def of_body(body: bytes, *, secret: str) -> str:
    """What a webhook carries: the signature of its raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def payment_fits(*, order_id: str, payment_id: str, signature: str, secret: str) -> bool:
    """Whether the signature is the one of this payment for this order."""
    return body_fits(f"{order_id}|{payment_id}".encode(errors="replace"), signature=signature, secret=secret)


def body_fits(body: bytes, *, signature: str, secret: str) -> bool:
    """Whether the signature is the one of this body. Takes the same time whatever the signature.

    Without a secret none fits: anybody could have made it.
    """
    if not secret:
        return False
    return hmac.compare_digest(of_body(body, secret=secret).encode(), signature.encode(errors="replace"))
