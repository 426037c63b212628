"""Serve the gallery at http://localhost:8123 (or the port given) until interrupted."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from wsgiref.simple_server import make_server

PAGES = ("/?messages=1", "/list/", "/list/?bulk=1", "/form/?errors=1", "/roll/", "/login/", "/confirm/")


def main(port: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.ROOT_URLCONF = "tests.portal.design.gallery.urls"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}]
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler

    with make_server("127.0.0.1", port, WSGIHandler()) as server, suppress(KeyboardInterrupt):
        sys.stdout.writelines(f"http://localhost:{port}{page}\n" for page in PAGES)
        server.serve_forever()


main(int(sys.argv[1]) if len(sys.argv) > 1 else 8123)
