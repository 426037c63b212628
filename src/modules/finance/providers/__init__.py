"""Payment providers: they take an order for an amount, and tell what became of it.

`configured()` is the one in use. An order is only ever confirmed by the provider that took it.
"""

from functools import lru_cache

from django.conf import settings

from modules.finance.providers.base import NotSetUp, PaymentProvider, ProviderFailed
from modules.finance.providers.razorpay import RazorpayProvider
from modules.finance.sandbox import keys

__all__ = ["NotSetUp", "PaymentProvider", "ProviderFailed", "configured"]


def configured() -> PaymentProvider:
    """The provider that the settings name. Raises NotSetUp when they name none."""
    match settings.PAYMENT_PROVIDER:
        case "razorpay":
            return _razorpay(settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET, settings.RAZORPAY_WEBHOOK_SECRET)
        case "sandbox" if settings.SANDBOX_PAYMENT_URL:
            return _sandbox(settings.SANDBOX_PAYMENT_URL, settings.SANDBOX_PAYMENT_SECRET)
    raise NotSetUp("no payment provider is set up")


# One each for the life of the process, since it keeps connections open.


@lru_cache(maxsize=1)
def _razorpay(key_id: str, key_secret: str, webhook_secret: str) -> PaymentProvider:
    return RazorpayProvider(key_id=key_id, key_secret=key_secret, webhook_secret=webhook_secret)


@lru_cache(maxsize=1)
def _sandbox(url: str, secret: str) -> PaymentProvider:
    return RazorpayProvider(
        name="sandbox",
        key_id=keys.KEY_ID,
        key_secret=secret,
        webhook_secret=keys.webhook_secret(secret),
        api=url,
        checkout_page=f"{url}/v1/checkout/embedded",
    )
