"""The payment provider's own way to tell us: webhooks, believed because the provider signed them, and taken in once."""

import hashlib

import structlog
from django.db import IntegrityError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from contracts.base import Actor
from kernel.context import request_id
from kernel.databases import atomic
from modules.finance import settling
from modules.finance.models import ProviderEvent
from modules.finance.providers import ProviderFailed, configured
from modules.finance.providers.base import Webhook, WebhookRefused
from modules.finance.settling import Outcome

log = structlog.get_logger(__name__)

LARGEST = 64 * 1024  # bytes


@csrf_exempt  # No browser comes here: the signature over the raw body says who it is.
@require_POST
def webhook(request: HttpRequest, provider: str) -> JsonResponse:
    """`/payments/webhook/<provider>/`. Answers 200 for everything genuine, also what changes nothing: what is answered
    otherwise comes again.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return JsonResponse({"error": "too large"}, status=413)
    try:
        in_use = configured()
    except ProviderFailed:
        return JsonResponse({"error": "not in use"}, status=404)
    if in_use.name != provider:
        return JsonResponse({"error": "not in use"}, status=404)
    body = request.body
    try:
        told = in_use.read_webhook(body=body, signature=request.headers.get("X-Razorpay-Signature", ""))
    except WebhookRefused as error:
        log.warning("webhook_refused", provider=provider, why=str(error))
        return JsonResponse({"error": str(error)}, status=400)
    event_id = request.headers.get("X-Razorpay-Event-Id", "")[:100] or hashlib.sha256(body).hexdigest()
    return JsonResponse({"outcome": take_in_once(provider, event_id, told)})


def take_in_once(provider: str, event_id: str, told: Webhook) -> str:
    """Take in a genuine webhook, unless it was before; returns the outcome's word, or "repeated".

    Its note and its effect commit together: what fails half-way has not happened, and may come again.
    """
    payment = told.payment
    try:
        with atomic(settling.MODULE):
            note = ProviderEvent.objects.create(
                provider=provider,
                event_id=event_id,
                event=told.event[:100],
                order_id=payment.order_id[:100] if payment else "",
                payment_id=payment.payment_id[:100] if payment else "",
                amount_minor=payment.amount_minor if payment else None,
                currency=payment.currency[:10] if payment else "",
                outcome=Outcome.NOTHING,
            )
            if payment is None:
                return note.outcome
            actor = Actor.system(request_id=request_id())
            note.outcome = settling.take_in(actor=actor, provider=provider, payment=payment)
            note.save(update_fields=["outcome"])
            return note.outcome
    except IntegrityError:
        if ProviderEvent.objects.filter(provider=provider, event_id=event_id).exists():
            return "repeated"
        raise
