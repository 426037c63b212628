from django.utils.translation import gettext_lazy as _

from contracts import academics, assessments, feedback, finance, leaves, notifications, users
from kernel.module import ModuleConfig


class NotificationsConfig(ModuleConfig):
    name = "modules.notifications"
    verbose_name = _("Notifications")

    provides = notifications.NotificationsService
    requires = (users.UsersService, academics.AcademicsService)
    publishes = (notifications.NoticesSent, notifications.GroupNoticeWritten, notifications.EmailQueued)
    subscribes = (
        leaves.LeaveRequested,
        leaves.LeaveApproved,
        leaves.LeaveRejected,
        leaves.LeaveCancelled,
        feedback.FeedbackSent,
        feedback.FeedbackReplied,
        assessments.AssignmentPublished,
        assessments.AssignmentDueSoon,
        assessments.SubmissionGraded,
        assessments.ResultRecorded,
        assessments.SemesterResultDecided,
        finance.FineIssued,
        finance.FineCancelled,
        finance.FineWaived,
        finance.FineOverdue,
        finance.FineReminderDue,
        finance.PaymentSucceeded,
        notifications.GroupNoticeWritten,
        notifications.EmailQueued,
    )
    deleted = notifications.NotificationsDeleted
