from django.utils.translation import gettext_lazy as _

from contracts import academics, assessments
from kernel.module import ModuleConfig


class AssessmentsConfig(ModuleConfig):
    name = "modules.assessments"
    verbose_name = _("Assessments")

    provides = assessments.AssessmentsService
    requires = (academics.AcademicsService,)
    publishes = (
        assessments.AssignmentPublished,
        assessments.AssignmentUpdated,
        assessments.AssignmentDueSoon,
        assessments.AssignmentClosed,
        assessments.AssignmentGraded,
        assessments.AssignmentSubmitted,
        assessments.SubmissionGraded,
        assessments.ResultRecorded,
        assessments.SemesterResultDecided,
    )
    deleted = assessments.AssessmentsDeleted
