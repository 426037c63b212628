"""What the sandbox and the school must agree on, all from one secret."""

from modules.finance import signatures

KEY_ID = "rzp_sandbox"


def webhook_secret(secret: str) -> str:
    """The secret of the webhooks: another one than the checkout's, as with the real provider."""
    return signatures.of_body(b"webhooks", secret=secret)
