"""Mails: written and queued with the effect of an event, and handed to the mail server afterwards, outside of it."""

from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db.models import F
from django.utils import timezone

from contracts.notifications import EmailQueued
from kernel.events import publish
from modules.notifications.models import EmailDelivery, EmailState


def is_deliverable(address: str) -> bool:
    """Whether a mail could be sent there; old data holds blanks and texts that are no address."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def queue(*, user_id: int, to: str, subject: str, body: str, occasion: UUID) -> None:
    """Inside a transaction: write a mail, once per person and occasion, and have it sent after the commit."""
    mail, is_new = EmailDelivery.objects.get_or_create(
        user_id=user_id, occasion=occasion, defaults={"to": to, "subject": subject, "body": body}
    )
    if is_new:
        publish(EmailQueued(delivery_id=mail.pk, at=mail.created_at))


def hand_to_server(mail: EmailDelivery) -> None:
    """Raises what the mail server, or the way to it, answers.

    Mail has no exactly-once: when the process dies after the server took the mail and before that is noted, it is
    handed over again. Its Message-ID is then the same, by which mailboxes may recognise the second copy.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message_id = f"<{mail.occasion}.{mail.user_id}@{domain}>"
    EmailMessage(subject=mail.subject, body=mail.body, to=[mail.to], headers={"Message-ID": message_id}).send()


def note_sent(mail: EmailDelivery) -> None:
    EmailDelivery.objects.filter(pk=mail.pk).update(
        state=EmailState.SENT, sent_at=timezone.now(), attempts=F("attempts") + 1, last_error=""
    )


def note_failure(mail: EmailDelivery, error: Exception) -> None:
    EmailDelivery.objects.filter(pk=mail.pk).update(
        state=EmailState.FAILED, attempts=F("attempts") + 1, last_error=f"{type(error).__name__}: {error}"[:2000]
    )
