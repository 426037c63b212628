"""While a module is frozen for its move, what works in the background waits, and nothing of it is lost or counts as
failed. What people and programs meet is in tests/portal/test_moving_module.py.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from config.lifting.tables import fenced_names, tables_of
from kernel import fence, jobs
from kernel.events import queues
from kernel.events.relay import Relay
from kernel.jobs import Job
from kernel.models import Delivery, JobState, MoveState
from kernel.rpc import tokens
from modules.feedback.models import StudentFeedback
from tests import actors
from tests.kernel.test_events import consumer, count_effect, effects, make_due, publish_now

pytestmark = pytest.mark.django_db


def freeze(module: str) -> Callable[[], None]:
    """As just before the switch; what lets everybody write again."""
    names = fenced_names(tables_of(module))
    fence.set_up("default", module, names, MoveState.FROZEN, "elsewhere")
    return lambda: fence.take_down("default", module, names)


def test_a_scheduled_job_waits_and_runs_when_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    job = Job("leaves.count", timedelta(hours=6), ran.append)
    monkeypatch.setattr(jobs, "jobs", {job.name: job})
    thaw = freeze("leaves")
    assert jobs.run_due() == 0
    assert (ran, JobState.objects.count()) == ([], 0)
    thaw()
    assert jobs.run_due() == 1
    assert (ran, JobState.objects.get().succeeded) == (["default"], True)


def test_a_delivery_in_the_queue_waits_without_counting_as_failed_and_takes_effect_once(settings: Any) -> None:
    settings.LOCAL_MODULES = [*settings.LOCAL_MODULES, "probe"]
    relay, sent = Relay(queues.Queues()), []
    with (
        consumer("probe", count_effect("probe")),
        patch.object(queues.deliver, "apply_async", lambda **options: sent.append(options["args"])),
    ):
        publish_now()
        relay.deliver_due()
        thaw = freeze("leaves")
        queues.deliver(*sent[0])
        delivery = Delivery.objects.get()
        assert (effects("probe"), delivery.state, delivery.last_error) == (0, "claimed", "")
        thaw()
        make_due()  # the claim has lapsed
        relay.deliver_due()
        queues.deliver(*sent[1])
        queues.deliver(*sent[0])
        assert (effects("probe"), Delivery.objects.get().state) == (1, "done")


@pytest.mark.urls("tests.kernel.rpc.serving")
def test_a_call_from_another_process_is_refused_as_not_executed_and_counts_when_it_is_repeated() -> None:
    student = actors.student()

    def send() -> Any:
        bearer = tokens.sign(student, caller="portal", module="feedback")
        headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": "once"}
        body = json.dumps({"text": "More chalk"})
        return Client().post("/internal/v1/feedback/send", body, content_type="application/json", headers=headers)

    thaw = freeze("feedback")
    refused = send()
    problem = json.loads(refused.content)
    assert (refused.status_code, problem["code"], problem["may_have_executed"]) == (503, "module_moving", False)
    thaw()
    first, again = send(), send()
    assert (first.status_code, again.content) == (200, first.content)
    assert StudentFeedback.objects.count() == 1
