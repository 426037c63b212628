"""Amounts of money as people read them, on pages and in notices."""

from decimal import Decimal

from django.conf import settings

SIGNS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}


def money(amount: Decimal) -> str:
    """As in "₹1,234.50", in the school's currency; a currency without a sign here stands by its code."""
    currency = settings.CURRENCY
    sign = SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    return f"{'-' if amount < 0 else ''}{sign}{abs(amount):,.2f}"
