"""Leaves over REST, below /api/v1/leaves/."""

from contracts.leaves import LeavesService
from kernel.rest import ANYONE, HOD, MEMBERS, TEACHING, Api, creates, does, reads

leaves = Api(LeavesService)

ORDERS = ("applied_at", "first_day", "status")

urlpatterns = [
    leaves.path(
        "own/",
        get=reads("List one's own requests", LeavesService.own, MEMBERS, orders=ORDERS, searched=True),
        post=creates("Ask for leave", LeavesService.apply, MEMBERS, location="requests/{ref.audience}/{ref.id}/"),
    ),
    leaves.path(
        "requests/<audience>/",
        get=reads("List the requests of students or staff", LeavesService.requests, HOD, orders=ORDERS, searched=True),
    ),
    leaves.path("requests/<audience>/counts/", get=reads("Count the requests", LeavesService.counts, HOD)),
    leaves.path("requests/<audience>/<id>/", get=reads("Get a request", LeavesService.get, ANYONE)),
    leaves.path("requests/<audience>/<id>/history/", get=reads("Get its history", LeavesService.history, ANYONE)),
    leaves.path(
        "requests/<audience>/<id>/approve/",
        post=does("Approve a request", LeavesService.approve, HOD, edits=LeavesService.get),
    ),
    leaves.path(
        "requests/<audience>/<id>/reject/",
        post=does("Reject a request", LeavesService.reject, HOD, edits=LeavesService.get),
    ),
    leaves.path(
        "requests/<audience>/<id>/cancel/",
        post=does("Withdraw a request", LeavesService.cancel, ANYONE, edits=LeavesService.get),
    ),
    leaves.path("absences/<audience>/", get=reads("List who is on leave", LeavesService.absences, TEACHING)),
]
