"""The public REST API: every module says in its `rest.py` which operations of its contract are found at which address.

leaves = Api(LeavesService)

urlpatterns = leaves.urls(
    leaves.path("own/", get=reads("List one's own requests", LeavesService.own, ANYONE)),
)

Parameters, answers, errors and descriptions come from the contract, so that nothing is said twice. A parameter is taken
from the path when the path names it, else from the query string (of a query) or the JSON body (of a command).
"""

from contracts.base import Role
from kernel.rest.api import Api
from kernel.rest.calls import Keep, composed, creates, does, one, reads

HOD = (Role.HOD,)
TEACHING = (Role.HOD, Role.STAFF)
STUDENTS = (Role.STUDENT,)
MEMBERS = (Role.STAFF, Role.STUDENT)
ANYONE = (Role.HOD, Role.STAFF, Role.STUDENT)

__all__ = [
    "ANYONE",
    "HOD",
    "MEMBERS",
    "STUDENTS",
    "TEACHING",
    "Api",
    "Keep",
    "composed",
    "creates",
    "does",
    "one",
    "reads",
]
