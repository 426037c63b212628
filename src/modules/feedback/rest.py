"""Feedback over REST, below /api/v1/feedback/."""

from contracts.feedback import FeedbackService
from kernel.rest import ANYONE, HOD, MEMBERS, Api, creates, does, reads

feedback = Api(FeedbackService)

ORDERS = ("sent_at",)

urlpatterns = [
    feedback.path(
        "own/",
        get=reads("List one's own feedback", FeedbackService.own, MEMBERS, orders=ORDERS, searched=True),
        post=creates("Send feedback", FeedbackService.send, MEMBERS, location="{ref.audience}/{ref.id}/"),
    ),
    feedback.path(
        "<audience>/",
        get=reads("List what students or staff sent", FeedbackService.received, HOD, orders=ORDERS, searched=True),
    ),
    feedback.path("<audience>/counts/", get=reads("Count feedback", FeedbackService.counts, HOD)),
    feedback.path(
        "<audience>/statistics/", get=reads("Get figures on how it was answered", FeedbackService.statistics, HOD)
    ),
    feedback.path("<audience>/<id>/", get=reads("Get one piece of feedback", FeedbackService.get, ANYONE)),
    feedback.path(
        "<audience>/<id>/reply/",
        put=does("Reply, or correct the reply", FeedbackService.reply, HOD, edits=FeedbackService.get),
    ),
]
