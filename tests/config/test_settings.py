"""What the environment says is checked when the process starts, and production accepts no default that is unsafe."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings.environment import MODULES, ROOT, Environment, broker, database, kept_secret, mail

pytestmark = pytest.mark.sqlite_only

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 40,
    "ALLOWED_HOSTS": "school.example, www.school.example",
    "DATABASE_URL": "postgres://school:secret@db/school",
}


def environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Environment:
    """The environment of these variables alone."""
    for field in Environment.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Environment()


def test_production_starts_with_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    env = environment(monkeypatch, **PRODUCTION)
    assert env.allowed_hosts == ("school.example", "www.school.example")
    assert env.local_modules == MODULES
    assert not env.divided
    assert "k" * 40 not in repr(env)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"PAYMENT_PROVIDER": "sandbox"}, "sandbox"),
        ({"PAYMENT_PROVIDER": "razorpay"}, "RAZORPAY_KEY_ID"),
        ({"RAZORPAY_KEY_ID": "rzp"}, "RAZORPAY_KEY_SECRET"),
        ({"TIME_ZONE": "Mars/Olympus"}, "Mars/Olympus"),
        ({"MODULES": "users,wizardry"}, "wizardry"),
        ({"MODULES": "users,leaves", "LEAVES_URL": "http://leaves:8004", "SERVICE_SECRET": "s" * 32}, "LEAVES_URL"),
        ({"LEAVES_URL": "leaves:8004", "SERVICE_SECRET": "s" * 32}, "LEAVES_URL='leaves:8004' is no address"),
        ({"LEAVES_URL": "http://leaves:8004"}, "SERVICE_SECRET must be set"),
        ({"MODULES": "leaves"}, "SERVICE_SECRET must be set"),
        ({"MODULES": "leaves", "SERVICE_SECRET": "s" * 32}, "REDIS_URL must be set"),
        ({"SERVICE_SECRET": "short"}, "SERVICE_SECRET must have"),
        ({"ENVIRONMENT": "staging"}, "environment"),
        ({"CORS_ORIGINS": "https://app.school.example/"}, "is no origin"),
        ({"CORS_ORIGINS": "*"}, "is no origin"),
        ({"API_RATE": "0"}, "api_rate"),
    ],
)
def test_production_refuses_to_start_without_or_with_wrong_values(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str], word: str
) -> None:
    with pytest.raises(ValidationError, match=word):
        environment(monkeypatch, **PRODUCTION | change)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"), ("SENTRY_DSN", "https://key@sentry.example/7")],
)
def test_telemetry_that_is_wanted_and_not_installed_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setattr("config.settings.environment.find_spec", lambda package: None)
    environment(monkeypatch, **PRODUCTION)
    with pytest.raises(ValidationError, match=f"{variable} needs the packages of requirements/telemetry.txt"):
        environment(monkeypatch, **PRODUCTION, **{variable: value})


def test_where_people_find_the_school_is_said_or_follows_from_its_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment(monkeypatch, **PRODUCTION).address == "https://school.example"
    hosts = PRODUCTION | {"ALLOWED_HOSTS": ".school.example"}
    assert environment(monkeypatch, **hosts).address == "https://school.example"
    said = PRODUCTION | {"PUBLIC_URL": "https://www.school.example:8443/"}
    assert environment(monkeypatch, **said).address == "https://www.school.example:8443"
    assert environment(monkeypatch, ENVIRONMENT="local").address == "http://localhost:8080"


@pytest.mark.parametrize(
    "change",
    [
        {"TRUSTED_PROXIES": "-1"},
        {"ACCESS_TOKEN_MINUTES": "0"},
        {"ACCESS_TOKEN_MINUTES": "61"},
        {"REFRESH_TOKEN_DAYS": "0"},
        {"PAGE_SESSION_DAYS": "never"},
        {"PASSWORD_RESET_MINUTES": "0"},
    ],
)
def test_lifetimes_and_proxies_are_whole_numbers_that_make_sense(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    with pytest.raises(ValidationError):
        environment(monkeypatch, **PRODUCTION | change)


def test_local_development_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment(monkeypatch, ENVIRONMENT="local").local


def test_a_module_may_have_an_address_and_a_database_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTENDANCE_URL", "http://attendance:8002")
    monkeypatch.setenv("ATTENDANCE_DATABASE_URL", "postgres://a@db/attendance")
    env = environment(monkeypatch, ENVIRONMENT="local")
    assert env.module_urls == {"attendance": "http://attendance:8002"}
    assert env.module_database_urls == {"attendance": "postgres://a@db/attendance"}


def test_a_module_with_an_address_elsewhere_does_not_run_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTENDANCE_URL", "http://attendance:8002")
    secrets = "n" * 40 + " " + "o" * 40
    env = environment(monkeypatch, **PRODUCTION, SERVICE_SECRET=secrets, REDIS_URL="redis://redis:6379/0")
    assert set(MODULES) - set(env.local_modules) == {"attendance"}
    assert env.divided
    assert env.service_secrets() == secrets.split()


def test_new_passwords_are_hashed_for_the_legacy_only_when_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = (
        environment(monkeypatch, ENVIRONMENT="local", LEGACY_PASSWORDS=said).password_hashers()
        for said in ("false", "true")
    )
    assert "Argon2" in ours[0]
    assert "PBKDF2PasswordHasher" in theirs[0]
    assert sorted(ours) == sorted(theirs), "whoever has a password can log in either way"


def test_a_made_secret_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    made = kept_secret(path)
    assert len(made) >= 48
    assert kept_secret(path) == made
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "name"),
    [("sqlite:///var/x.sqlite3", str(ROOT / "var/x.sqlite3")), ("sqlite:////tmp/x.sqlite3", "/tmp/x.sqlite3")],
)
def test_sqlite_files_are_relative_to_the_project_or_absolute(url: str, name: str) -> None:
    settings = database(url)
    assert settings["NAME"] == name
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_by_host_and_by_socket() -> None:
    settings = database("postgres://us%40er:p%2Fw@db.example:5433/school?sslmode=require")
    assert (settings["USER"], settings["PASSWORD"], settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "us@er",
        "p/w",
        "db.example",
        "5433",
        "school",
    )
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert database("postgres://postgres@/postgres?host=/run/pg")["HOST"] == "/run/pg"


def test_whoever_waits_for_a_server_is_still_there_at_the_next_attempt_to_reach_it() -> None:
    pool = database("postgres://school@db.example/school")["OPTIONS"]["pool"]
    assert pool["reconnect_timeout"] <= pool["timeout"]


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:///", "school.sqlite3"])
def test_other_database_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|names no file"):
        database(url)


def test_celery_spells_the_address_of_a_socket_its_own_way() -> None:
    assert broker("") == ""
    assert broker("redis://redis:6379/1") == "redis://redis:6379/1"
    assert broker("unix:///run/valkey.sock?db=2") == "redis+socket:///run/valkey.sock?virtual_host=2"


def test_mail_goes_to_a_server_or_into_the_log() -> None:
    assert mail("")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    server = mail("smtp://me:pw@mail.example:2525?tls=0")
    assert (server["EMAIL_HOST"], server["EMAIL_PORT"], server["EMAIL_USE_TLS"]) == ("mail.example", 2525, False)
    with pytest.raises(ValueError, match="no mail address"):
        mail("imap://mail.example")


def test_the_readme_describes_every_setting() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Settings")[1].split("\n## ")[0]
    described = set(re.findall(r"`([A-Z_<>]+)`", table))
    expected = {field.upper() for field in Environment.model_fields} - {"MODULE_URLS", "MODULE_DATABASE_URLS"}
    assert expected | {"<NAME>_URL", "<NAME>_DATABASE_URL"} <= described


def test_the_sandbox_is_given_a_secret_that_does_not_give_the_signing_key_away(monkeypatch: pytest.MonkeyPatch) -> None:
    made = environment(monkeypatch, ENVIRONMENT="local", SECRET_KEY="k" * 40).sandbox_secret()
    assert made == environment(monkeypatch, ENVIRONMENT="local", SECRET_KEY="k" * 40).sandbox_secret()
    assert made != environment(monkeypatch, ENVIRONMENT="local", SECRET_KEY="j" * 40).sandbox_secret()
    assert "k" * 3 not in made
    assert environment(monkeypatch, ENVIRONMENT="local", SANDBOX_PAYMENT_SECRET="given").sandbox_secret() == "given"
