"""Settings of the test suite: quick passwords, calls over the wire, a guard that raises."""

import os

os.environ.setdefault("ENVIRONMENT", "test")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, DATABASES, LOGGING, STORAGES

(BASE_DIR / "var").mkdir(exist_ok=True)  # where commands that look at the database, such as makemigrations, expect it

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PASSWORD_HASHERS += [
    f"django.contrib.auth.hashers.{n}PasswordHasher" for n in ("Argon2", "PBKDF2", "PBKDF2SHA1", "Scrypt")
]
RPC_STRICT = True
GUARD = "raise"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING["root"]["level"] = "WARNING"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

for _database in DATABASES.values():
    if _database["ENGINE"].endswith("postgresql"):
        _database["OPTIONS"].pop("pool", None)
