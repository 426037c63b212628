"""Who is behind a request: logins, sessions, and what they stand for."""

from enum import StrEnum

from pydantic import Field

from contracts.base import DTO, Instant, Role


class Origin(DTO):
    """Where a request comes from, as the server saw it: never from what a user says."""

    address: str = ""
    """IP address of the client; empty when there is none."""
    agent: str = ""
    """What the client calls itself (User-Agent); anything may stand there."""


NOWHERE = Origin()
"""Of what the house does by itself."""


class Identity(DTO):
    """What a login stands for at this moment."""

    user_id: int
    role: Role
    profile_id: int | None
    name: str
    email: str
    session_id: str | None = None
    """The session on which it rests, as SessionInfo.id; None outside of one."""
    session_seen_at: Instant | None = None
    """When the session was last noted as used."""


class LoggedIn(DTO):
    identity: Identity
    session_hash: str
    """Goes into the page's session; a later change of the password makes it stale and ends the session."""


class SessionKind(StrEnum):
    PAGE = "page"
    """A browser, by its cookie."""
    API = "api"
    """A program, by its tokens."""


class Tokens(DTO):
    """What a program gets for a password, or for a refresh token."""

    access_token: str = Field(repr=False)
    """A JWT (ES256), for the header `Authorization: Bearer …`."""
    expires_in: int
    """Seconds for which the access token is good."""
    refresh_token: str = Field(repr=False)
    """Good once, for a new pair. Used a second time, it ends the session."""
    refresh_expires_at: Instant
    """When the session ends, however often it is refreshed."""
    identity: Identity


class PublicKey(DTO):
    """A key by which access tokens are checked, as RFC 7517 writes it."""

    kid: str
    kty: str
    crv: str
    x: str
    y: str
    alg: str = "ES256"
    use: str = "sig"


class SessionInfo(DTO):
    """One place where an account is logged in. The id names the session and opens nothing."""

    id: str
    user_id: int
    kind: SessionKind
    address: str
    agent: str
    created_at: Instant
    last_seen_at: Instant
    """To about a minute."""
    expires_at: Instant
    is_current: bool
    """Whether it is the session of the actor who asks."""
