"""`manage.py serve`: from nothing to a running school. `make run` is this command."""

import os
import signal
import sys
from argparse import ArgumentParser
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from config import demo
from config.launch import sandbox, school
from config.launch.building import Building
from config.launch.preflight import CannotStart, check_media, check_port, legacy_files
from config.launch.server import replace_this_process
from config.launch.steps import run_step


def stop(signal_number: int, frame: FrameType | None) -> NoReturn:
    """Answer SIGTERM as Ctrl-C is answered, so that nothing half-built stays."""
    raise KeyboardInterrupt


def address_name(host: str) -> str:
    """How a browser on this machine reaches a server that listens there."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_loopback or address.is_unspecified:
        return "localhost"
    return f"[{host}]" if address.version == 6 else host


class Command(BaseCommand):
    help = (
        "Prepare the database and serve at http://localhost:8080. An empty database gets a demo school, "
        "or with --legacy a legacy school moves in first."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        says = os.environ.get  # what the image is told by the same variables
        parser.add_argument("--host", default=says("HOST", "127.0.0.1"), help="where to listen (default: %(default)s)")
        parser.add_argument("--port", default=says("PORT", "8080"), type=int, help="default: %(default)s")
        parser.add_argument(
            "--workers", default=says("WORKERS", "2"), type=int, help="processes (default: %(default)s)"
        )
        parser.add_argument("--legacy", nargs="+", metavar="FILE", help="a legacy SQLite file, or dumpdata JSON files")
        parser.add_argument("--media", type=Path, metavar="FOLDER", help="the legacy school's media folder")

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        """Look, build, serve. Ends the process with the exit code 2 or 1 and one line when it cannot."""
        signal.signal(signal.SIGTERM, stop)
        try:
            check_port(host, port)
            source = self._legacy_arguments(options["legacy"], options["media"])
            self._prepare(source)
            site_url = f"http://{address_name(host)}:{port}"
            if sandbox.is_needed():
                os.environ["SANDBOX_PAYMENT_URL"] = sandbox.start(host=host, site_port=port, site_url=site_url)
            self._greet(site_url)
            connections.close_all()
        except CannotStart as error:
            self.stderr.write(str(error))
            sys.exit(error.code)
        except KeyboardInterrupt:
            self.stderr.write("\nStopped before the server started.")
            sys.exit(130)
        replace_this_process(host=host, port=port, workers=workers)

    def _legacy_arguments(self, legacy: list[str] | None, media: Path | None) -> list[str]:
        """The arguments of `migrate_legacy`; none when no legacy school was named."""
        if media:
            check_media(media)
            if not legacy:
                raise CannotStart("MEDIA goes with LEGACY: name the legacy school's database as well.", code=2)
        if not legacy:
            return []
        files = [str(path.resolve()) for path in legacy_files(legacy)]
        return [*files, *(["--media", str(media.resolve())] if media else [])]

    def _prepare(self, source: list[str]) -> None:
        if not school.exists():
            self._build(source, replaces=False)
            return
        if school.pending_migrations():
            self._make_tables({})
        if not school.has_people():
            self._fill(source, {})
        elif source and demo.logins():
            self._replace_demo(source)
        elif source:
            self._fill(source, {})

    def _replace_demo(self, source: list[str]) -> None:
        """A legacy school keeps its ids, so it cannot move in beside the demo school."""
        if "default" not in school.sqlite_files():
            raise CannotStart(
                "The database holds the demo school. Let DATABASE_URL name an empty one for the legacy school."
            )
        connections.close_all()
        self._build(source, replaces=True)

    def _build(self, source: list[str], *, replaces: bool) -> None:
        """Make a complete school beside its place, then move it there."""
        building = Building(databases=school.sqlite_files(), media=Path(settings.MEDIA_ROOT), replaces=replaces)
        with building.started():
            self._make_tables(building.environment)
            self._fill(source, building.environment)
            for place, name in building.move_in():
                self._say(f"Set aside: {place} is now {name.name}")

    def _make_tables(self, environment: dict[str, str]) -> None:
        self._say("Preparing the database ...")
        for alias in connections:
            run_step(
                ["migrate", "--database", alias, "--verbosity", "0", "--no-input"],
                environment=environment,
                failure="The database could not be prepared; nothing was started.",
            )

    def _fill(self, source: list[str], environment: dict[str, str]) -> None:
        if source:
            self._say("Moving the legacy school in ...")
            run_step(
                ["migrate_legacy", *source],
                environment=environment,
                failure="The legacy school could not be moved in; nothing was started.",
            )
        elif school.is_whole():
            self._say("Making the demo school ...")
            run_step(
                ["load_demo"],
                environment=environment,
                failure="The demo school could not be made; nothing was started.",
            )

    def _greet(self, site_url: str) -> None:
        self._say(f"\nStudent Management System: {site_url}\n")
        logins = demo.logins()
        if logins:
            width = max(len(email) for _, email, _ in logins)
            self._say("The demo school's logins:")
            for role, email, password in logins:
                self._say(f"  {role:<10} {email:<{width}}  {password}")
        else:
            self._say("People log in as they are used to.")
        if settings.PAYMENT_PROVIDER == "sandbox":
            self._say("\nPayments go to a sandbox: no money moves.")
        self._say("\nCtrl-C stops the server.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
