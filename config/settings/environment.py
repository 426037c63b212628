"""The environment variables that configure the process, read and checked once, when it starts."""

import hashlib
import hmac
import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("users", "academics", "attendance", "assessments", "leaves", "notifications", "feedback", "finance")

PORTAL = "portal"
"""The pages, where MODULES says what runs in a process."""

WordList = Annotated[tuple[str, ...], NoDecode]
"""Words separated by commas or blanks."""


class Environment(BaseSettings):
    """Every setting, with its default. Secrets have none outside local development."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    environment: Literal["local", "test", "production"] = "production"
    debug: bool = False
    secret_key: SecretStr = SecretStr("")
    secret_key_fallbacks: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    legacy_secret_key: SecretStr | None = None
    legacy_passwords: bool = False
    """New passwords are hashed so that the legacy can check them too: for as long as a way back is wanted."""
    allowed_hosts: WordList = ()
    database_url: str = ""
    redis_url: str = ""
    media_root: Path = ROOT / "var" / "media"
    time_zone: str = "UTC"
    school_name: str = "School"
    currency: str = "INR"
    fine_reminders: bool = True
    """Students are reminded of unpaid fines, a week before the last day and then weekly."""
    modules: WordList = ()
    """Those that run in this process, "portal" for the pages among them; empty: the pages, and all modules that have no
    address elsewhere.
    """
    service_secret: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Sign the calls between processes: the first makes tokens, all are accepted."""
    guard: Literal["raise", "log"] | None = None

    trusted_proxies: int = Field(default=0, ge=0)
    """How many proxies stand in front of this process and name their callers in X-Forwarded-For."""

    api_rate: int = Field(default=600, ge=1)
    """Requests to the API that each account may make in a minute."""
    api_anonymous_rate: int = Field(default=60, ge=1)
    """The same for each address without a login."""
    metrics_token: SecretStr = SecretStr("")
    """What asks for /metrics must show; without it there are no metrics in production."""
    cors_origins: WordList = ()
    """Where pages of others come from that may use the API in a browser, as in https://app.school.example."""

    public_url: str = ""
    """Where people find the school, as links in mails name it; empty: the first allowed host."""

    page_session_days: int = Field(default=14, gt=0)
    access_token_minutes: int = Field(default=10, gt=0, le=60)
    refresh_token_days: int = Field(default=30, gt=0)
    password_reset_minutes: int = Field(default=60, gt=0)

    email_url: str = ""
    """`smtp://user:password@host:587?tls=1`; empty: mails are written to the log."""
    email_from: str = "school@localhost"

    payment_provider: Literal["sandbox", "razorpay"] | None = None
    razorpay_key_id: str = ""
    razorpay_key_secret: SecretStr = SecretStr("")
    razorpay_webhook_secret: SecretStr = SecretStr("")
    sandbox_payment_url: str = ""
    """Where a payment sandbox runs; `make run` starts one by itself."""
    sandbox_payment_secret: SecretStr = SecretStr("")

    sentry_dsn: SecretStr = SecretStr("")
    """Where errors are reported; empty: nowhere."""
    otel_exporter_otlp_endpoint: str = ""
    """Where traces go, as in http://collector:4318; empty: nowhere."""

    module_urls: dict[str, str] = {}
    module_database_urls: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _collect_module_variables(cls, values: dict[str, Any]) -> dict[str, Any]:
        """`ATTENDANCE_URL` and `ATTENDANCE_DATABASE_URL` of each module."""
        found = {m: os.environ.get(f"{m.upper()}_URL", "") for m in MODULES}
        databases = {m: os.environ.get(f"{m.upper()}_DATABASE_URL", "") for m in MODULES}
        return values | {
            "module_urls": {m: url for m, url in found.items() if url},
            "module_database_urls": {m: url for m, url in databases.items() if url},
        }

    @field_validator(
        "allowed_hosts", "cors_origins", "modules", "secret_key_fallbacks", "service_secret", mode="before"
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}".lower():
                raise ValueError(f"{origin!r} is no origin; give one like https://app.school.example")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; give one like Asia/Kolkata")
        return ZoneInfo(value).key

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if unknown := set(self.modules) - {*MODULES, PORTAL}:
            raise ValueError(f"MODULES names {', '.join(sorted(unknown))}; known are {', '.join(MODULES)} and {PORTAL}")
        self._house_fits()
        if self.environment == "production":
            if len(self.secret_key.get_secret_value()) < 32:
                raise ValueError("SECRET_KEY must be set, with at least 32 characters, in production")
            if self.debug:
                raise ValueError("DEBUG cannot be on in production")
            if not self.allowed_hosts:
                raise ValueError("ALLOWED_HOSTS must name the hosts that production answers to")
            if self.payment_provider == "sandbox":
                raise ValueError("PAYMENT_PROVIDER=sandbox settles fines without money: not in production")
            if not self.database_url:
                raise ValueError("DATABASE_URL must be set in production")
        if self.payments_through == "razorpay" and not (
            self.razorpay_key_id and self.razorpay_key_secret.get_secret_value()
        ):
            raise ValueError("PAYMENT_PROVIDER=razorpay needs RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET")
        return self

    @model_validator(mode="after")
    def _telemetry_is_installed(self) -> Self:
        wanted = (
            ("SENTRY_DSN", "sentry_sdk", self.sentry_dsn.get_secret_value()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry", self.otel_exporter_otlp_endpoint),
        )
        for variable, package, value in wanted:
            if value and find_spec(package) is None:
                raise ValueError(f"{variable} needs the packages of requirements/telemetry.txt, and they are missing")
        return self

    def _house_fits(self) -> None:
        """Whether what runs here and what is reached elsewhere makes sense together."""
        for module in self.modules:
            if module in self.module_urls:
                raise ValueError(f"{module.upper()}_URL says that {module} runs elsewhere, MODULES that it runs here")
        for module, url in self.module_urls.items():
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
                raise ValueError(f"{module.upper()}_URL={url!r} is no address; give one like http://{module}:8000")
        if any(len(secret.get_secret_value()) < 32 for secret in self.service_secret):
            raise ValueError("SERVICE_SECRET must have at least 32 characters")
        if self.divided and self.environment == "production" and not self.service_secret:
            raise ValueError("SERVICE_SECRET must be set, to the same value in every process, when modules run apart")
        if self.divided and self.environment == "production" and not self.redis_url:
            raise ValueError("REDIS_URL must be set when modules run apart: their events travel through it")

    @property
    def local_modules(self) -> tuple[str, ...]:
        """The modules that run in this process."""
        return tuple(m for m in MODULES if (m in self.modules if self.modules else m not in self.module_urls))

    @property
    def serves_pages(self) -> bool:
        """Whether the portal is in this process."""
        return not self.modules or PORTAL in self.modules

    @property
    def divided(self) -> bool:
        """Whether some modules run in other processes."""
        return len(self.local_modules) < len(MODULES)

    @property
    def local(self) -> bool:
        return self.environment != "production"

    @property
    def payments_through(self) -> str:
        """The payment provider; empty for none. Production never falls back to the sandbox, which moves no money."""
        return self.payment_provider or ("razorpay" if self.razorpay_key_id else "sandbox" if self.local else "")

    def service_secrets(self) -> list[str]:
        """What signs and checks service tokens; not in production, the signing key will do."""
        return [secret.get_secret_value() for secret in self.service_secret] or [self.signing_key()]

    def sandbox_secret(self) -> str:
        """The given secret, or one that is made of the signing key and does not give it away."""
        given = self.sandbox_payment_secret.get_secret_value()
        return given or hmac.new(self.signing_key().encode(), b"payment sandbox", hashlib.sha256).hexdigest()

    @property
    def address(self) -> str:
        """Where people find the school, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        return "http://localhost:8080" if self.local else f"https://{self.allowed_hosts[0].lstrip('.*')}"

    def password_hashers(self) -> list[str]:
        """Django's names of the formats that are accepted; the first one is that of new passwords."""
        first, second = ("PBKDF2", "Argon2") if self.legacy_passwords else ("Argon2", "PBKDF2")
        names = (first, second, "PBKDF2SHA1", "Scrypt")
        return [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in names]

    def signing_key(self) -> str:
        """The given key; local development makes one and keeps it in `var/secret_key`."""
        return self.secret_key.get_secret_value() or kept_secret(ROOT / "var" / "secret_key")


def kept_secret(path: Path) -> str:
    """The secret in this file, made and stored for its owner's eyes only when there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def database(url: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///relative.sqlite3`, `sqlite:////absolute.sqlite3` or `postgres://user:password@host:port/name?option=value`.

    A PostgreSQL address may name a socket folder as `?host=`. Raises ValueError for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path[1:])
        if not path:
            raise ValueError(f"{url!r} names no file")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(ROOT / path),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", "") or parts.hostname or "",
            "PORT": options.pop("port", "") or str(parts.port or ""),
            "CONN_HEALTH_CHECKS": True,  # what a restart of the server has cut off is replaced before it is used
            # The pool begins anew to look for a server before those who wait for it give up: by itself it would pause
            # for minutes after a long outage.
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 40, "timeout": 10, "reconnect_timeout": 10}, **options},
        }
    raise ValueError(f"{url!r} is no database address; give sqlite:///file or postgres://user:password@host/name")


def broker(url: str) -> str:
    """REDIS_URL as Celery spells it, which differs for sockets; empty for none."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


def mail(url: str) -> dict[str, Any]:
    """Django's mail settings for `smtp://user:password@host:port?tls=1`; an empty address writes mails to the log."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme != "smtp" or not parts.hostname:
        raise ValueError(f"{url!r} is no mail address; give smtp://user:password@host:587?tls=1")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or 587,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": dict(parse_qsl(parts.query)).get("tls", "1") == "1",
        "EMAIL_TIMEOUT": 10,
    }
