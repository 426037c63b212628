"""What the processes of the events' benchmark do: `python -c RUN <act> <argument>`."""

import sys
import time

from contracts.base import Audience, PersonRef, utc_now
from contracts.leaves import LeaveApproved, LeaveRef
from kernel.databases import atomic
from kernel.events import publish
from kernel.events.relay import Relay
from kernel.models import Delivery, DeliveryState

RUN = "import sys, django; django.setup(); from tests.benchmarks import event_acts; event_acts.main(*sys.argv[1:])"


def publish_approvals(number: int) -> None:
    """As many changes that each publish one event: another request each, so that none waits for another."""
    for one in range(number):
        with atomic("leaves"):
            publish(
                LeaveApproved(
                    leave=LeaveRef(audience=Audience.STUDENT, id=1_000_000 + one),
                    person=PersonRef(audience=Audience.STUDENT, profile_id=1_000_000 + one),
                    first_day=None,
                    last_day=None,
                    written_dates="next week",
                    reason="Trip",
                    note="",
                    at=utc_now(),
                )
            )


def deliver_in_process() -> None:
    """To the consumers of this process, one after the other, as the relay's thread does."""
    Relay().drain()


def wait_until_done() -> None:
    """Until others have delivered everything."""
    while Delivery.objects.exclude(state=DeliveryState.DONE).exists():
        time.sleep(0.05)


def main(act: str, number: str) -> None:
    """Do it, and print how many seconds it took without the start of the process."""
    started = time.perf_counter()
    if act == "publish":
        publish_approvals(int(number))
    elif act == "deliver":
        deliver_in_process()
    else:
        wait_until_done()
    sys.stdout.write(f"{time.perf_counter() - started}\n")
