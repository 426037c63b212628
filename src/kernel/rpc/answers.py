"""What commands were answered, by idempotency key: a command that is asked for again is not carried out again.

The key is noted before the command runs and the answer after it. A key without an answer is a command that is still
running, or whose process was killed. An idempotent one is then simply carried out again; of any other the caller
learns, after waiting as long as it can, that it may have taken effect.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from kernel.models import CommandAnswer
from kernel.rpc.journey import Journey

LOOK_AGAIN = 0.05
"""Seconds between two looks at a command that is being carried out elsewhere."""
KEEP = timedelta(days=1)
"""How long an answer is kept; far longer than any caller asks again."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    keep: bool = True
    """False: nothing happened, or doing it again does no harm, so the next attempt may try."""


class OutcomeUnknown(Exception):
    """The command under this key was begun, and how it ended cannot be told."""


def once(
    perform: Callable[[], Answer], *, alias: str, key: str, operation: str, idempotent: bool, journey: Journey
) -> Answer:
    """The answer to the command of this key: carried out now, or taken from the first time. Raises OutcomeUnknown."""
    answers = CommandAnswer.objects.using(alias)
    while True:
        try:
            with transaction.atomic(using=alias):
                answers.create(key=key, operation=operation)
            return _carry_out(perform, alias, key)
        except IntegrityError:
            known = answers.filter(key=key).first()
        if known is None:
            continue  # the first attempt let go of it between the two looks
        if known.operation != operation:
            raise OutcomeUnknown(f"this key belongs to {known.operation}")
        if known.status is not None:
            return Answer(known.status, known.body)
        if idempotent:
            return _carry_out(perform, alias, key)
        if journey.remaining() <= 0:
            raise OutcomeUnknown("begun, and not answered yet")
        time.sleep(LOOK_AGAIN)


def _carry_out(perform: Callable[[], Answer], alias: str, key: str) -> Answer:
    answer = perform()
    mine = CommandAnswer.objects.using(alias).filter(key=key)
    if answer.keep:
        mine.update(status=answer.status, body=answer.body)
    else:
        mine.delete()
    return answer


def forget(alias: str) -> int:
    """Remove the answers that nobody will ask for any more; returns how many."""
    return CommandAnswer.objects.using(alias).filter(begun_at__lt=timezone.now() - KEEP).delete()[0]
