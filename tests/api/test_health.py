"""Each module says at its own address how it is, to anybody, and no address of its own stands in the way."""

import pytest
from django.test import Client

from config.settings.environment import MODULES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_how_it_is(module: str, client: Client) -> None:
    answer = client.get(f"/api/v1/{module}/health/")
    assert (answer.status_code, answer.json()["module"], answer.json()["status"]) == (200, module, "ok")


def test_what_is_no_module_has_no_health(client: Client) -> None:
    assert client.get("/api/v1/canteen/health/").status_code == 404
