"""Tokens: what they are good for, and until when."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
import structlog
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.base import Actor, PageRequest, Role
from contracts.errors import Forbidden, LimitReached, Unauthenticated
from contracts.users import Origin, SessionKind, Tokens, UsersService
from kernel.identity import identity_from_bearer
from kernel.identity import tokens as checking
from kernel.models import AuditEntry
from modules.users import signing_keys, throttle
from modules.users.models import RefreshToken, SigningKey, User, UserSession
from modules.users.tasks import forget_sessions
from tests import actors
from tests.modules.users.people import PASSWORD, make_hod, make_person, make_student, make_teacher

pytestmark = pytest.mark.django_db

SCRIPT = Origin(address="192.0.2.7", agent="timetable/1.0")


@pytest.fixture(autouse=True)
def _no_keys_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Public keys are remembered by the process, which outlives a test."""
    monkeypatch.setattr(checking, "_keys", checking.PublicKeys())


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False) as now:
        yield now


def get(users: UsersService, user: User, *, username: str = "", password: str = PASSWORD) -> Tokens:
    return users.log_in_for_tokens(
        actor=actors.anonymous(), username=username or user.username, password=password, origin=SCRIPT
    )


def refresh(users: UsersService, tokens: Tokens) -> Tokens:
    return users.refresh_tokens(actor=actors.anonymous(), refresh_token=tokens.refresh_token, origin=SCRIPT)


def is_good(tokens: Tokens | str) -> bool:
    try:
        identity_from_bearer(tokens if isinstance(tokens, str) else tokens.access_token)
    except Unauthenticated:
        return False
    return True


def is_refreshed(users: UsersService, tokens: Tokens) -> bool:
    try:
        refresh(users, tokens)
    except Unauthenticated:
        return False
    return True


def actor_by(tokens: Tokens) -> Actor:
    found = identity_from_bearer(tokens.access_token)
    return Actor(
        user_id=found.user_id,
        role=found.role,
        profile_id=found.profile_id,
        request_id="test",
        session_id=found.session_id,
    )


# --- getting them -----------------------------------------------------------------------------------------------------


def test_username_and_e_mail_get_tokens_that_stand_for_their_owner(users: UsersService) -> None:
    user = make_teacher()
    for name in (user.username, user.email):
        tokens = get(users, user, username=name)
        found = identity_from_bearer(tokens.access_token)
        assert (found.user_id, found.role, found.name) == (user.pk, Role.STAFF, "Teacher Person")
        assert found.profile_id == tokens.identity.profile_id is not None
        assert (tokens.expires_in, found.session_id) == (600, tokens.identity.session_id)


def test_a_token_says_no_more_than_it_has_to_and_names_its_key(users: UsersService) -> None:
    user = make_teacher()
    tokens = get(users, user)
    claims = jwt.decode(tokens.access_token, options={"verify_signature": False})
    assert set(claims) == {"iss", "aud", "sub", "role", "profile", "sid", "jti", "iat", "exp"}
    assert (claims["sub"], claims["role"]) == (str(user.pk), "staff")
    assert claims["exp"] - claims["iat"] == 600
    header = jwt.get_unverified_header(tokens.access_token)
    assert (header["alg"], header["kid"]) == ("ES256", SigningKey.objects.get().kid)


def test_wrong_passwords_closed_accounts_and_accounts_of_no_role_get_nothing(users: UsersService) -> None:
    teacher, closed, odd = make_teacher(), make_teacher("closed", is_active=False), make_person(Role.NONE, "odd")
    for user, password in ((teacher, "wrong"), (closed, PASSWORD), (odd, PASSWORD)):
        with pytest.raises(Unauthenticated):
            get(users, user, password=password)
    with pytest.raises(Unauthenticated):
        get(users, teacher, username="nobody\0")
    assert not UserSession.objects.exists()


def test_guessing_is_slowed_down_as_it_is_on_the_pages(users: UsersService, clock: time_machine.Traveller) -> None:
    user = make_teacher()
    for _ in range(throttle.MOST_FAILURES):
        with pytest.raises(Unauthenticated):
            get(users, user, username=user.email, password="guess")
    with pytest.raises(LimitReached):
        get(users, user, username=user.email)
    with pytest.raises(LimitReached):
        users.log_in(actor=actors.anonymous(), email=user.email, password=PASSWORD, origin=SCRIPT)


def test_no_secret_is_stored_logged_or_shown(users: UsersService) -> None:
    user = make_teacher()
    with structlog.testing.capture_logs() as logs:
        tokens = refresh(users, get(users, user))
    secrets = (tokens.access_token, tokens.refresh_token)
    rows = [*RefreshToken.objects.values_list(), *UserSession.objects.values_list(), *AuditEntry.objects.values_list()]
    for secret in secrets:
        assert secret not in f"{logs} {rows} {tokens!r}"


# --- what they are good for -------------------------------------------------------------------------------------------


def test_an_access_token_expires_and_is_refreshed(users: UsersService, clock: time_machine.Traveller) -> None:
    first = get(users, make_teacher())
    clock.shift(timedelta(minutes=10) + checking.LEEWAY + timedelta(seconds=1))
    assert not is_good(first)
    second = refresh(users, first)
    assert is_good(second)
    assert second.identity.session_id == first.identity.session_id
    assert second.refresh_expires_at == first.refresh_expires_at
    assert second.refresh_token != first.refresh_token


def test_a_session_ends_when_its_time_is_over_however_often_it_is_refreshed(
    users: UsersService, clock: time_machine.Traveller
) -> None:
    tokens = get(users, make_teacher())
    clock.shift(timedelta(days=30) - timedelta(minutes=1))
    tokens = refresh(users, tokens)
    assert tokens.expires_in == 60
    clock.shift(timedelta(minutes=1, seconds=11))
    assert not is_good(tokens)
    assert not is_refreshed(users, tokens)


def test_a_refresh_token_that_comes_twice_ends_the_session(users: UsersService) -> None:
    user = make_teacher()
    stolen = get(users, user)
    others = get(users, user)
    thiefs = refresh(users, stolen)
    assert not is_refreshed(users, stolen)
    assert not is_good(thiefs)
    assert not is_refreshed(users, thiefs)
    session = UserSession.objects.get(public_id=stolen.identity.session_id)
    assert session.end_reason == "reused"
    assert AuditEntry.objects.get(action="users.refresh_token_reused").target == f"User:{user.pk}"
    assert is_good(others), "another session of the same person goes on"
    assert not is_refreshed(users, stolen)
    assert AuditEntry.objects.filter(action="users.refresh_token_reused").count() == 1


@pytest.mark.parametrize("invented", ["", "x" * 43, "é", "nul\0"])
def test_an_invented_refresh_token_gets_nothing_and_ends_nothing(users: UsersService, invented: str) -> None:
    tokens = get(users, make_teacher())
    with pytest.raises(Unauthenticated):
        users.refresh_tokens(actor=actors.anonymous(), refresh_token=invented)
    assert is_good(tokens)


def test_logging_out_ends_access_and_refresh_at_once(users: UsersService) -> None:
    tokens = get(users, make_teacher())
    users.end_session(actor=actor_by(tokens), session_id=tokens.identity.session_id or "")
    assert not is_good(tokens)
    assert not is_refreshed(users, tokens)


def test_a_head_ends_the_session_of_a_program(users: UsersService) -> None:
    user, head = make_student(), make_hod()
    tokens = get(users, user)
    (session,) = users.sessions_of(actor=actors.hod(head.pk), user_id=user.pk, page=PageRequest()).items
    assert (session.kind, session.agent) == (SessionKind.API, "timetable/1.0")
    users.end_session(actor=actors.hod(head.pk), session_id=session.id)
    assert not is_good(tokens)


def test_tokens_end_with_the_account_and_with_its_password(users: UsersService) -> None:
    head = actors.hod(make_hod().pk)
    closed, reset, by_hand = (make_teacher(name) for name in ("closed", "reset", "by_hand"))
    tokens = {user: get(users, user) for user in (closed, reset, by_hand)}
    users.set_active(actor=head, user_id=closed.pk, active=False)
    users.reset_password(actor=head, user_id=reset.pk, new_password="quite another one")
    by_hand.set_password("quite another one")  # as `manage.py changepassword` does
    by_hand.save()
    for pair in tokens.values():
        assert not is_good(pair)
        assert not is_refreshed(users, pair)


def test_ones_own_change_of_the_password_keeps_the_session_it_is_done_in(users: UsersService) -> None:
    user = make_teacher()
    here, there = get(users, user), get(users, user)
    users.change_own_password(actor=actor_by(here), old_password=PASSWORD, new_password="quite another one")
    assert is_good(here)
    assert is_refreshed(users, here)
    assert not is_good(there)


def test_role_and_name_are_those_of_now_and_not_of_the_token(users: UsersService) -> None:
    user = make_hod()
    tokens = get(users, user)
    User.objects.filter(pk=user.pk).update(user_type="2", first_name="Now")
    found = identity_from_bearer(tokens.access_token)
    assert (found.role, found.name) == (Role.STAFF, "Now Person")


def test_the_session_of_a_page_is_no_session_of_a_program(users: UsersService) -> None:
    user = make_teacher()
    page = users.log_in(actor=actors.anonymous(), email=user.email, password=PASSWORD).identity.session_id or ""
    program = get(users, user).identity.session_id or ""
    assert users.identify_program(actor=actors.system(), session_id=page) is None
    assert users.identify_program(actor=actors.system(), session_id=program) is not None
    known = users.identify(
        actor=actors.system(), user_id=user.pk, session_hash=user.get_session_auth_hash(), session_id=program
    )
    assert known is None
    with pytest.raises(Forbidden):
        users.identify_program(actor=actors.hod(), session_id=program)


def test_a_token_costs_one_query_once_the_keys_are_known(
    users: UsersService, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tokens = get(users, make_student())
    assert is_good(tokens)
    with django_assert_num_queries(1):
        assert is_good(tokens)


# --- forgeries --------------------------------------------------------------------------------------------------------


def claims_of(tokens: Tokens) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(tokens.access_token, options={"verify_signature": False})
    return claims


def kid_of(tokens: Tokens) -> str:
    return str(jwt.get_unverified_header(tokens.access_token)["kid"])


def test_forged_tokens_are_refused(users: UsersService) -> None:
    student, head = make_student(), make_hod()
    tokens = get(users, student)
    claims, kid = claims_of(tokens), kid_of(tokens)
    own_key = ec.generate_private_key(ec.SECP256R1())
    public = str(SigningKey.objects.get().public_key)
    head_claims = claims | {"sub": str(head.pk), "role": "hod"}
    forged = {
        "no signature": jwt.encode(head_claims, "", algorithm="none", headers={"kid": kid}),
        "another key under our name": jwt.encode(head_claims, own_key, algorithm="ES256", headers={"kid": kid}),
        "a key that does not exist": jwt.encode(claims, own_key, algorithm="ES256", headers={"kid": "unknown"}),
        "no key named": jwt.encode(claims, own_key, algorithm="ES256"),
        "the public key as a secret": jwt.encode(head_claims, public, algorithm="HS256", headers={"kid": kid}),
        "a changed payload": ".".join(
            (
                tokens.access_token.split(".")[0],
                jwt.encode(head_claims, "x" * 32, algorithm="HS256").split(".")[1],
                tokens.access_token.split(".")[2],
            )
        ),
        "nothing": "",
        "no token": "a.b.c",
        "not even text": "\udcff",
    }
    assert is_good(tokens)
    assert [name for name, token in forged.items() if is_good(token)] == []


@pytest.mark.parametrize(
    "change", [{"iss": "somebody"}, {"aud": "elsewhere"}, {"sid": "unknown"}, {"sub": "999"}, {"exp": 0}]
)
def test_a_well_signed_token_for_something_else_is_refused(users: UsersService, change: dict[str, Any]) -> None:
    tokens = get(users, make_teacher())
    kid, key = signing_keys.current()
    assert not is_good(jwt.encode(claims_of(tokens) | change, key, algorithm="ES256", headers={"kid": kid}))
    for name in checking.CLAIMS:
        claims = {k: v for k, v in claims_of(tokens).items() if k != name}
        assert not is_good(jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid})), name


def test_keys_that_do_not_exist_do_not_make_everybody_ask_for_keys(
    users: UsersService, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = get(users, make_teacher())
    assert is_good(tokens)
    asked = []
    monkeypatch.setattr(checking, "fetch", lambda: asked.append(1))
    own_key = ec.generate_private_key(ec.SECP256R1())
    for number in range(5):
        assert not is_good(jwt.encode(claims_of(tokens), own_key, algorithm="ES256", headers={"kid": str(number)}))
    assert asked == []


# --- keys -------------------------------------------------------------------------------------------------------------


def test_tokens_of_an_old_key_stay_good_until_they_expire(users: UsersService, clock: time_machine.Traveller) -> None:
    old = get(users, make_teacher())
    assert is_good(old)
    signing_keys.rotate()
    clock.shift(timedelta(minutes=9))
    new = refresh(users, old)
    assert kid_of(new) != kid_of(old)
    assert is_good(old)
    assert len(users.public_keys(actor=actors.anonymous())) == 2
    clock.shift(timedelta(minutes=2))
    assert not is_good(old)
    assert [key.kid for key in users.public_keys(actor=actors.anonymous())] == [kid_of(new)]
    clock.shift(timedelta(days=2))
    forget_sessions()
    assert [key.kid for key in SigningKey.objects.all()] == [kid_of(new)]


def test_tokens_of_a_stolen_key_are_refused_and_programs_refresh(
    users: UsersService, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = get(users, make_teacher())
    assert signing_keys.retire(kid_of(tokens))
    assert not signing_keys.retire(kid_of(tokens))
    monkeypatch.setattr(checking, "_keys", checking.PublicKeys())
    assert not is_good(tokens)
    assert is_good(refresh(users, tokens))


def test_a_private_key_is_stored_encrypted_and_outlives_a_change_of_the_secret_key(
    users: UsersService, settings: Settings
) -> None:
    kid, key = signing_keys.current()
    row = SigningKey.objects.get()
    assert "PRIVATE" not in row.private_key
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another " * 8
    settings.SECRET_KEY_FALLBACKS = [before]
    assert signing_keys.current()[0] == kid
    settings.SECRET_KEY_FALLBACKS = []
    made, _key = signing_keys.current()
    assert made != kid, "what cannot be opened any more is replaced"
    assert {k.kid for k in users.public_keys(actor=actors.anonymous())} == {kid, made}
    assert key.curve.name == "secp256r1"


def test_public_keys_hold_nothing_private(users: UsersService) -> None:
    signing_keys.current()
    (key,) = users.public_keys(actor=actors.anonymous())
    assert set(key.model_dump()) == {"kid", "kty", "crv", "x", "y", "alg", "use"}


def test_refresh_tokens_of_sessions_that_are_over_are_forgotten(users: UsersService) -> None:
    user = make_teacher()
    over, going_on = get(users, user), get(users, user)
    users.end_session(actor=actor_by(over), session_id=over.identity.session_id or "")
    forget_sessions()
    assert {token.session.public_id for token in RefreshToken.objects.all()} == {going_on.identity.session_id}
    assert UserSession.objects.count() == 2
