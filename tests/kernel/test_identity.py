"""Who is behind a request, and where it comes from."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings

from contracts.base import Role
from contracts.errors import ModuleUnavailable, Unauthenticated
from contracts.users import Identity, Tokens, UsersService
from kernel.identity import actor_of, identity_from_bearer, identity_of, origin_of
from kernel.identity import tokens as checking
from kernel.registry import services
from modules.users.models import User
from tests import actors
from tests.modules.users.people import PASSWORD, make_teacher


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address", "why"),
    [
        (0, "198.51.100.1", "192.0.2.1", "nobody is trusted"),
        (0, "", "192.0.2.1", "there is no proxy"),
        (1, "198.51.100.1", "198.51.100.1", "the proxy says whom it heard from"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1", "what stands before was said by the client"),
        (2, "203.0.113.9, 198.51.100.1, 192.0.2.2", "198.51.100.1", "two proxies"),
        (2, "198.51.100.1", "198.51.100.1", "the first of two proxies was passed by"),
        (1, "", "192.0.2.1", "the proxy says nothing"),
        (1, "unknown", "192.0.2.1", "the proxy says nothing useful"),
        (1, "198.51.100.1:4711", "198.51.100.1", "with a port"),
        (1, "[2001:db8::1]:443", "2001:db8::1", "IPv6 with a port"),
        (1, "2001:DB8::1", "2001:db8::1", "IPv6"),
        (1, "::ffff:198.51.100.1", "198.51.100.1", "IPv4 dressed up"),
        (1, "fe80::1%eth0", "fe80::1", "with a zone"),
        (1, "<script>", "192.0.2.1", "nonsense"),
        (1, " , ,", "192.0.2.1", "nothing between commas"),
    ],
)
def test_the_address_is_what_trusted_proxies_say(
    settings: Settings, trusted: int, forwarded: str, address: str, why: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1")
    assert origin_of(request).address == address, why


def test_over_a_socket_there_may_be_no_address_and_an_agent_may_be_long() -> None:
    request = RequestFactory().get("/", headers={"User-Agent": "x" * 1000}, REMOTE_ADDR="")
    origin = origin_of(request)
    assert (origin.address, len(origin.agent)) == ("", 300)


# --- tokens -----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(checking, "_keys", checking.PublicKeys())
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def teacher(db: None) -> User:
    return make_teacher()


@pytest.fixture
def tokens(teacher: User) -> Tokens:
    return services.get(UsersService).log_in_for_tokens(
        actor=actors.anonymous(), username=teacher.username, password=PASSWORD
    )


def ask(path: str, authorization: str = "") -> Any:
    request = RequestFactory().get(path, headers={"Authorization": authorization} if authorization else {})
    request.session = SessionStore()
    return request


def test_a_token_speaks_for_its_owner_below_api_and_nowhere_else(teacher: User, tokens: Tokens) -> None:
    for scheme in ("Bearer", "bearer", "BEARER "):
        actor = actor_of(ask("/api/v1/leaves/own/", f"{scheme} {tokens.access_token}"))
        assert (actor.user_id, actor.role) == (teacher.pk, Role.STAFF)
        assert actor.session_id == tokens.identity.session_id
    assert identity_of(ask("/staff_home/", f"Bearer {tokens.access_token}")) is None
    assert identity_of(ask("/api/v1/leaves/own/", f"Basic {tokens.access_token}")) is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é"])
def test_a_token_that_is_not_good_is_an_error_and_not_nobody(db: None, token: str) -> None:
    with pytest.raises(Unauthenticated):
        identity_of(ask("/api/v1/leaves/own/", f"Bearer {token}"))


def test_the_public_keys_are_published_where_programs_look_for_them(client: Client, tokens: Tokens) -> None:
    response = client.get("/.well-known/jwks.json")
    (key,) = response.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert "d" not in key
    assert response["Cache-Control"] == "public, max-age=300"
    assert client.post("/.well-known/jwks.json").status_code == 405


class Elsewhere:
    """Users in another process: counts what it is asked, and may be out of reach."""

    def __init__(self, users: UsersService) -> None:
        self.users, self.asked, self.reachable = users, 0, True

    def identify_program(self, **arguments: Any) -> Identity | None:
        self.asked += 1
        if not self.reachable:
            raise ModuleUnavailable(module="users")
        return self.users.identify_program(**arguments)

    def public_keys(self, **arguments: Any) -> Any:
        return self.users.public_keys(**arguments)


@pytest.fixture
def elsewhere(tokens: Tokens, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Elsewhere:
    found = Elsewhere(services.get(UsersService))
    monkeypatch.setattr(services, "get", lambda _interface: found)
    monkeypatch.setattr(services, "binding", lambda _interface: "http")
    settings.MODULE_URLS = {"users": "http://users.invalid:8000"}
    return found


def test_where_users_is_elsewhere_a_session_is_asked_for_once_a_minute(
    elsewhere: Elsewhere, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "fetch", lambda: jwt.PyJWKSet.from_dict(checking.jwks()))
    for _ in range(3):
        assert identity_from_bearer(tokens.access_token).session_id == tokens.identity.session_id
    assert elsewhere.asked == 1
    elsewhere.users.end_session(actor=actors.system(), session_id=tokens.identity.session_id or "")
    identity_from_bearer(tokens.access_token)  # felt within the minute
    cache.clear()
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            identity_from_bearer(tokens.access_token)
    assert elsewhere.asked == 3, "that somebody is nobody is not remembered"


class PublishedKeys(BaseHTTPRequestHandler):
    """The JWKS of users, over HTTP."""

    document = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/.well-known/jwks.json" else 404)
        self.end_headers()
        self.wfile.write(self.document)

    def log_message(self, *_arguments: Any) -> None:
        """Says nothing."""


def test_where_users_is_elsewhere_its_keys_are_fetched(
    elsewhere: Elsewhere, tokens: Tokens, settings: Settings
) -> None:
    PublishedKeys.document = json.dumps(checking.jwks()).encode()
    with HTTPServer(("127.0.0.1", 0), PublishedKeys) as server:
        threading.Thread(target=server.handle_request).start()
        settings.MODULE_URLS = {"users": f"http://127.0.0.1:{server.server_port}/"}
        for _ in range(2):
            assert identity_from_bearer(tokens.access_token).user_id == tokens.identity.user_id


def test_where_users_is_out_of_reach_nobody_is_taken_for_a_stranger(
    elsewhere: Elsewhere, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModuleUnavailable):
        identity_from_bearer(tokens.access_token)
    monkeypatch.setattr(checking, "fetch", lambda: jwt.PyJWKSet.from_dict(checking.jwks()))
    elsewhere.reachable = False
    with pytest.raises(ModuleUnavailable):
        identity_from_bearer(tokens.access_token)
