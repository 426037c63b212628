"""Django's settings, all of them derived from the environment (see `environment.py` and the table in the README)."""

import json
import warnings
from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from pydantic import ValidationError

from config.settings import logs
from config.settings.environment import ROOT, Environment, broker, database, mail

try:
    env = Environment()
    _databases = {"default": database(env.database_url or "sqlite:///var/school.sqlite3")} | {
        module: database(url) for module, url in env.module_database_urls.items()
    }
    _mail = mail(env.email_url)
except ValidationError as error:
    raise ImproperlyConfigured(
        "; ".join(
            (f"{'.'.join(map(str, e['loc'])).upper()}: " if e["loc"] else "") + e["msg"].removeprefix("Value error, ")
            for e in error.errors()
        )
    ) from None
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None

# --- what runs here ---------------------------------------------------------------------------------------------------

LOCAL_MODULES = env.local_modules
MODULE_URLS = env.module_urls
DIVIDED = env.divided
SERVICE_SECRETS = env.service_secrets()
# Who listens to what in the whole house, so that a publisher knows of consumers that run elsewhere.
CONSUMERS_FILE = ROOT / "config" / "consumers.json"
API_DESCRIPTION_FILE = ROOT / "config" / "openapi.json"
CONSUMERS: dict[str, list[str]] = json.loads(CONSUMERS_FILE.read_text(encoding="utf-8"))
HAS_USERS = "users" in LOCAL_MODULES
HAS_PORTAL = env.serves_pages
TABLES_FOLLOW = {"auth": "users", "admin": "users", "contenttypes": "users"}
GUARD = env.guard or ("raise" if env.local else "log")
RPC_STRICT = False

INSTALLED_APPS = [
    *(["django.contrib.admin", "django.contrib.auth"] if HAS_USERS else []),
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "heroicons",
    "ninja",
    "django_structlog",
    *(f"modules.{name}" for name in LOCAL_MODULES),
    *(["portal"] if HAS_PORTAL else []),
    *([] if DIVIDED else ["migrations_legacy"]),
    "config",
    "kernel",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "kernel.middleware.RequestIdMiddleware",
    "kernel.rest.cors.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    *(["modules.users.middleware.SessionUserMiddleware"] if HAS_USERS else []),
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kernel.middleware.RunningModuleMiddleware",
    *(["portal.middleware.ErrorPagesMiddleware"] if HAS_PORTAL else []),
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                *(["django.contrib.auth.context_processors.auth"] if HAS_USERS else []),
                "django.contrib.messages.context_processors.messages",
                *(["portal.context.page"] if HAS_PORTAL else []),
            ]
        },
    }
]

# --- data -------------------------------------------------------------------------------------------------------------

DATABASES = _databases
DATABASE_ROUTERS = ["kernel.databases.ModuleRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = env.media_root.resolve()
MEDIA_URL = "/media/"
# Large enough that a flood of invented e-mails does not push out the counters of failed logins.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
CELERY_BROKER_URL = broker(env.redis_url)
CELERY_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    "socket_keepalive": True,
    "retry_on_timeout": False,
}
if env.redis_url:
    CACHES = {
        "default": {
            "BACKEND": "kernel.cache.SharedCache",
            "LOCATION": env.redis_url,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }

# --- identity and security --------------------------------------------------------------------------------------------

DEBUG = env.debug
SECRET_KEY = env.signing_key()
SECRET_KEY_FALLBACKS = [key.get_secret_value() for key in env.secret_key_fallbacks]
LEGACY_SECRET_KEY = env.legacy_secret_key.get_secret_value() if env.legacy_secret_key else ""
if LEGACY_SECRET_KEY:
    SECRET_KEY_FALLBACKS.append(LEGACY_SECRET_KEY)
TRUSTED_PROXIES = env.trusted_proxies
ALLOWED_HOSTS = list(env.allowed_hosts) or ["localhost", "127.0.0.1", "[::1]"]
if HAS_USERS:
    AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["modules.users.backends.EmailBackend"]
PASSWORD_HASHERS = env.password_hashers()
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/"
ACCESS_TOKEN_LIFETIME = timedelta(minutes=env.access_token_minutes)
REFRESH_TOKEN_LIFETIME = timedelta(days=env.refresh_token_days)
PASSWORD_RESET_TIMEOUT = env.password_reset_minutes * 60
PUBLIC_URL = env.address
RESET_PAGE = "/new_password/"  # of the portal, though users writes the mails that lead to it

SESSION_COOKIE_NAME = "sessionid"  # the legacy's name: a session that was carried over goes on
SESSION_COOKIE_AGE = env.page_session_days * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.environment == "production"
if HAS_PORTAL:
    CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.environment == "production" else None
SECURE_HSTS_SECONDS = 3600 if env.environment == "production" else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# --- the public API ---------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
API_MAX_BODY = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a list may be narrowed by four parameters of a thousand ids each
# Short addresses, and where each leads; both below /api/v1/.
API_ALIASES = {
    "students": "users/students",
    "staff": "users/staff",
    "courses": "academics/courses",
    "subjects": "academics/subjects",
    "sessions": "academics/session-years",
    "enrollments": "academics/enrollments",
    "assignments": "assessments/assignments",
    "submissions": "assessments/submissions",
    "results": "assessments/results",
    "fines": "finance/fines",
}
API_RATE, API_ANONYMOUS_RATE = env.api_rate, env.api_anonymous_rate
CORS_ORIGINS = env.cors_origins
METRICS_TOKEN = env.metrics_token.get_secret_value()
METRICS_OPEN = env.local

# --- language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone

# --- pages ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
if WHITENOISE_USE_FINDERS:
    # Served from where they lie: a run without collectstatic is the usual one, and nothing to warn of.
    warnings.filterwarnings("ignore", message="No directory at: ", category=UserWarning)
WHITENOISE_AUTOREFRESH = env.debug
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT.exists()
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
SCHOOL_NAME = env.school_name
BASE_DIR = ROOT

# --- mail and money ---------------------------------------------------------------------------------------------------

globals().update(_mail)
DEFAULT_FROM_EMAIL = env.email_from
CURRENCY = env.currency
FINE_REMINDERS = env.fine_reminders
PAYMENT_PROVIDER = env.payments_through
RAZORPAY_KEY_ID = env.razorpay_key_id
RAZORPAY_KEY_SECRET = env.razorpay_key_secret.get_secret_value()
RAZORPAY_WEBHOOK_SECRET = env.razorpay_webhook_secret.get_secret_value()
SANDBOX_PAYMENT_URL = env.sandbox_payment_url.rstrip("/")
SANDBOX_PAYMENT_SECRET = env.sandbox_secret()

# --- logs and telemetry -----------------------------------------------------------------------------------------------

# Who is behind a request, the kernel notes itself: asking Django's own user would cost a query on every page.
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
LOGGING = logs.configure(json=env.environment == "production", level="INFO")
SENTRY_DSN = env.sentry_dsn.get_secret_value()
OTEL_EXPORTER_OTLP_ENDPOINT = env.otel_exporter_otlp_endpoint
