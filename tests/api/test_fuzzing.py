"""Whatever is sent to the API, as whoever: no server error, and no answer that its description does not know.

`make test` tries a little of everything; `make fuzz` (FUZZ=1) tries the edges of every parameter, and much by chance.
OPERATION (a regular expression over "GET /api/v1/leaves/own/") and ROLE select; `tests/plugins/fuzzing.py` counts.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from pytest_django import Settings

from contracts.users import UsersService
from kernel.identity import tokens
from kernel.registry import services
from tests.actors import anonymous
from tests.api.matrix.things import furnished
from tests.plugins.fuzzing import LONG
from tests.portal.copied import Copies
from tests.portal.school import PASSWORD, Somebody

pytestmark = pytest.mark.sqlite_only

EXAMPLES = 100 if LONG else 2

CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {
            "allow-x00": False,  # refused in every text, which JSON Schema has no words for
            "with-security-parameters": False,
            "deterministic": not LONG,
            "database": "none",
        },
        "phases": {"coverage": {"enabled": LONG}, "examples": {"enabled": LONG}},
        "checks": {
            # What has the right shape may still break a rule of the school (422), or be of an older state (412).
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "429"]
            }
        },
    }
)

app = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The school's, which keeps the connection of the test, and forgets who asked how often."""
    cache.clear()
    return app(environ, start_response)


schema = schemathesis.openapi.from_wsgi("/api/schema/", application, config=CONFIG).include(
    name_regex=os.environ.get("OPERATION", "")
)


@pytest.fixture(scope="module")
def furnished_schools() -> Copies:
    return Copies(furnished)


@pytest.fixture
def tokens_by_role(db: None, furnished_schools: Copies, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """What programs of each role send with every request."""
    monkeypatch.setattr(tokens, "_keys", tokens.PublicKeys())  # those of the last test went with its database
    school = furnished_schools.one_more()
    people = {"student": school.student, "staff": school.teacher, "hod": school.hod}
    tokens_of: dict[str, dict[str, str]] = {"nobody": {}} | {role: _token(person) for role, person in people.items()}
    wanted = os.environ.get("ROLE")
    return {wanted: tokens_of[wanted]} if wanted else tokens_of


def _token(person: Somebody) -> dict[str, str]:
    found = services.get(UsersService).log_in_for_tokens(actor=anonymous(), username=person.email, password=PASSWORD)
    return {"Authorization": f"Bearer {found.access_token}"}


@pytest.fixture(autouse=True)
def _no_limits(settings: Settings) -> Iterator[None]:
    settings.API_RATE = settings.API_ANONYMOUS_RATE = 1_000_000
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_described(
    case: Any, tokens_by_role: dict[str, dict[str, str]], cases_sent: dict[str, int]
) -> None:
    is_public = case.operation.definition.raw["security"] == []  # there, 401 speaks of what was sent in the body
    for role, token in tokens_by_role.items():
        cases_sent[role] = cases_sent.get(role, 0) + 1
        before = transaction.savepoint()
        try:
            response = case.call_and_validate(headers={"Accept-Encoding": "identity", **token})
        except Exception as error:
            error.add_note(f"as {role}")
            raise
        finally:
            transaction.savepoint_rollback(before)  # what was deleted, or logged out, is there for the next
        assert role == "nobody" or is_public or response.status_code != 401
