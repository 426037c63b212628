"""The keys that sign access tokens: made on first use, kept encrypted, known to everybody by their public half."""

import base64
from datetime import timedelta
from uuid import uuid4

import jwt
import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from contracts.users import PublicKey
from kernel.databases import atomic, serialize
from kernel.identity.tokens import LEEWAY
from modules.users.models import SigningKey

log = structlog.get_logger(__name__)

MODULE = "users"


def current() -> tuple[str, ec.EllipticCurvePrivateKey]:
    """The key that signs now, and its name. One is made when there is none, or none that can be opened."""
    row = _signing().first() or _made_unless(since=None)
    try:
        return row.kid, _opened(row)
    except InvalidToken:  # encrypted with a secret key that is known no more
        log.exception("signing_key_lost", kid=row.kid)
        row = _made_unless(since=row.pk)
        return row.kid, _opened(row)


def published() -> tuple[PublicKey, ...]:
    """The public halves of all keys by which a token may still be checked."""
    rows = SigningKey.objects.filter(Q(checks_until=None) | Q(checks_until__gt=timezone.now()))
    return tuple(PublicKey.model_validate(row.public_key | {"kid": row.kid}) for row in rows.order_by("pk"))


def rotate() -> str:
    """Sign with a new key from now on; returns its name. Tokens of the old ones stay good until they expire."""
    with atomic(MODULE):
        serialize(MODULE, "signing keys")
        now = timezone.now()
        _signing().update(retired_at=now, checks_until=now + settings.ACCESS_TOKEN_LIFETIME + LEEWAY)
        return _make().kid


def retire(kid: str) -> bool:
    """No token of this key is good any more, as after a theft; returns whether there was such a key."""
    now = timezone.now()
    found = SigningKey.objects.filter(Q(checks_until=None) | Q(checks_until__gt=now), kid=kid)
    return bool(found.update(retired_at=now, checks_until=now))


def forget() -> None:
    """Delete keys by which nothing can be checked any more."""
    SigningKey.objects.filter(checks_until__lt=timezone.now() - timedelta(days=1)).delete()


def _signing() -> QuerySet[SigningKey]:
    """The keys that may sign, the newest first."""
    return SigningKey.objects.filter(retired_at=None).order_by("-pk")


def _made_unless(*, since: int | None) -> SigningKey:
    """A key newer than that one: made here, or by somebody else at this very moment."""
    with atomic(MODULE):
        serialize(MODULE, "signing keys")
        newer = _signing().filter(pk__gt=since or 0).first()
        return newer or _make()


def _make() -> SigningKey:
    private = ec.generate_private_key(ec.SECP256R1())
    plain = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = jwt.algorithms.ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    kid = uuid4().hex
    return SigningKey.objects.create(
        kid=kid, public_key=public, private_key=_cipher().encrypt(plain).decode(), created_at=timezone.now()
    )


def _opened(row: SigningKey) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(_cipher().decrypt(row.private_key), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise InvalidToken
    return key


def _cipher() -> MultiFernet:
    """Encrypts with the secret key, and opens what earlier ones encrypted."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"users.signing_keys")
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
