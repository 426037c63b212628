"""What users does for others; the only writer of its tables."""

from kernel.refs import ReferenceQueries
from modules.users.service.administration import Administration
from modules.users.service.forgotten import ForgottenPasswords
from modules.users.service.login import Login
from modules.users.service.own_account import OwnAccount
from modules.users.service.people import People
from modules.users.service.programs import Programs
from modules.users.service.removal import Removals
from modules.users.service.sessions import Sessions


class Users(
    ReferenceQueries, Login, Sessions, Programs, ForgottenPasswords, People, Administration, Removals, OwnAccount
):
    """`existing` knows half-made students too, so that academics can enrol them."""


provider = Users()
