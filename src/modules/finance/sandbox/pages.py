"""The sandbox's checkout in the browser: a page with the choices, and one that carries the answer back by POST."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from modules.finance.sandbox.ledger import Choice, Entity

CHOICES = {
    Choice.PAY: "Pay",
    Choice.REFUSE: "Let the bank refuse",
    Choice.LATER: "Pay, and let the bank take ten seconds",
    Choice.LOST: "Pay, and do not return",
    Choice.SHORT: "Pay a little less than ordered",
}

STYLE = b"""
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
form { display: grid; gap: .5rem; }
button { font: inherit; min-height: 2.75rem; padding: .25rem 1rem; text-align: start; }
button:first-of-type { font-weight: 700; }
"""
POLICY = "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
SCRIPT = b'document.querySelector("[data-return]").submit();\n'


def policy(callback_url: str) -> str:
    """The Content-Security-Policy of the pages: they may post to themselves and to the school's callback."""
    parts = urlsplit(callback_url)
    return f"{POLICY}; script-src 'self'; form-action 'self' {parts.scheme}://{parts.netloc}"


def checkout(order: Entity, *, callback_url: str) -> str:
    """What is to be paid, and what may happen."""
    buttons = "".join(
        f'<button name="choice" value="{choice.value}">{escape(label)}</button>' for choice, label in CHOICES.items()
    )
    hidden = _hidden({"order_id": order["id"], "callback_url": callback_url})
    amount = f"{order['currency']} {order['amount'] / 100:,.2f}"
    return _page(
        "Sandbox checkout",
        f"<p>This is a sandbox, for trying out: no money moves, whatever you choose.</p>"
        f"<p><strong>{escape(amount)}</strong> for {escape(order['receipt'])}, order {escape(order['id'])}</p>"
        f'<form method="post" action="/v1/checkout/pay">{hidden}{buttons}</form>',
    )


def way_back(callback_url: str, values: Mapping[str, str]) -> str:
    """Posts the answer to the school by itself, or by its button where no script runs."""
    return _page(
        "Back to the school",
        f'<form method="post" action="{escape(callback_url)}" data-return>{_hidden(values)}'
        f'<button>Return to the school</button></form><script src="/checkout.js"></script>',
    )


def message(text: str) -> str:
    """A page that leads nowhere."""
    return _page("Sandbox checkout", f"<p>{escape(text)}</p>")


def _hidden(values: Mapping[str, str]) -> str:
    return "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in values.items())


def _page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/checkout.css"></head><body><main><h1>{title}</h1>{content}</main></body></html>'
    )
