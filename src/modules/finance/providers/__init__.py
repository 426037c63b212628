"""Payment providers: they take an order for an amount, and sign the payments that were made for it.

`configured()` is the one in use. An order is only ever confirmed by the provider that took it.
"""

from functools import lru_cache

from django.conf import settings

from modules.finance.providers.base import PaymentProvider, ProviderFailed

__all__ = ["PaymentProvider", "ProviderFailed", "configured"]


def configured() -> PaymentProvider:
    """The provider that the settings name. Raises ProviderFailed when they name none."""
    if settings.PAYMENT_PROVIDER == "razorpay":
        return _razorpay(settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET)
    if settings.PAYMENT_PROVIDER == "sandbox":
        from modules.finance.providers.sandbox import SandboxProvider

        return SandboxProvider(secret=settings.SANDBOX_PAYMENT_SECRET)
    raise ProviderFailed("no payment provider is set up")


@lru_cache(maxsize=1)
def _razorpay(key_id: str, key_secret: str) -> PaymentProvider:
    """One for the life of the process, since it keeps connections open."""
    from modules.finance.providers.razorpay import RazorpayProvider

    return RazorpayProvider(key_id=key_id, key_secret=key_secret)
