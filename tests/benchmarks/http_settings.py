"""Settings of the server that the calls over HTTP are measured against: as in production, with fakes behind it."""

import os

os.environ.setdefault("ENVIRONMENT", "test")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.kernel.rpc.serving"
ALLOWED_HOSTS = ["127.0.0.1"]
