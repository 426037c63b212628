"""Pages of a school that came from the legacy."""

from collections.abc import Iterator
from typing import Any

from django.test import Client

from contracts.base import Role
from modules.users.models import User
from tests.portal.reading import queries_of
from tests.portal.routes import ROUTES
from tests.portal.school import Somebody, login


def browser_of(user_id: int) -> Client:
    """The browser of a person who is logged in."""
    user = User.objects.get(pk=user_id)
    return login(Client(), Somebody(user.pk, 0, user.first_name, user.email, user.role))


def pages_of(role: Role) -> Iterator[str]:
    """Path of every page of a role that is not about one row."""
    for route in ROUTES.values():
        if role in route.owners and route.is_opened and "{" not in route.path:
            yield route.path


def shown(client: Client, path: str) -> Any:
    """The page, which must be there."""
    response = client.get(path)
    assert response.status_code == 200, path
    return response


def counted_pages() -> dict[str, int]:
    """How many queries each page takes for the people of whom the samples have most, by their role."""
    people = {Role.HOD: 2, Role.STAFF: 10, Role.STUDENT: 31}
    return {
        f"{role}: {path}": queries_of(client, path)
        for role, client in {role: browser_of(user_id) for role, user_id in people.items()}.items()
        for path in pages_of(role)
    }
