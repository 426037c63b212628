"""An invented school that shows everything at work. `manage.py load_demo` makes it, as a client of the contracts.

Outside of production all its people share one password, which is no secret: `logins` tells one login per role.
"""

from django.apps import apps

from config.settings import env
from contracts.base import Actor
from contracts.users import UsersService
from kernel.registry import services

PASSWORD = "Chalk-and-slate-7"  # noqa: S105 - of invented people, and never used in production

HEAD, TEACHER, STUDENT = "head@school.example", "teacher@school.example", "student@school.example"
"""E-mails of the three people to log in as."""


def logins() -> tuple[tuple[str, str, str], ...]:
    """(role, e-mail, password) for each role when the demo school is in this database; empty otherwise.

    Empty in production too, where only whoever made the school was told its password.
    """
    if not env.local or not apps.is_installed("modules.users"):
        return ()
    users, system = services.get(UsersService), Actor.system(request_id="demo")
    if not all(users.email_taken(actor=system, email=email) for email in (HEAD, TEACHER, STUDENT)):
        return ()
    return (("HOD", HEAD, PASSWORD), ("Staff", TEACHER, PASSWORD), ("Student", STUDENT, PASSWORD))
