"""Events that were stored or sent by earlier code are read by the newest.

For each version of each event a sample is checked in, as an outbox of its time holds it. It is written once, when the
version is new (UPDATE_EVENT_SAMPLES=1), and never changed: what was published cannot be either.
"""

import json
import os
from pathlib import Path
from random import Random

import pytest

from contracts.base import Event
from kernel.canvas import canvases
from tests.contract_samples import sample

pytestmark = pytest.mark.sqlite_only

FOLDER = Path(__file__).with_name("event_samples")


def published() -> dict[str, type[Event]]:
    """All versions of all events of the house, by their stored names."""
    house = {module.name for module in canvases()}
    return {type_id: event for type_id, event in sorted(Event.types.items()) if event.module() in house}


def samples() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.json"))}


def test_every_version_has_its_sample() -> None:
    missing = published().keys() - samples().keys()
    if os.environ.get("UPDATE_EVENT_SAMPLES"):
        for type_id in sorted(missing):
            body = sample(published()[type_id], Random(type_id)).model_dump(mode="json")
            text = json.dumps(body, indent=1, ensure_ascii=False) + "\n"
            (FOLDER / f"{type_id}.json").write_text(text, encoding="utf-8")
        missing = published().keys() - samples().keys()
    assert not missing, "run this test once with UPDATE_EVENT_SAMPLES=1"


def test_the_newest_code_reads_every_sample_without_losing_anything() -> None:
    known = published()
    for type_id, text in samples().items():
        assert type_id in known, f"{type_id} may still be in an outbox: keep its class"
        told = json.loads(text)
        event = known[type_id].model_validate(told)
        read = event.model_dump(mode="json")
        assert {name: read[name] for name in told} == told, type_id
        assert event.aggregate(), type_id
