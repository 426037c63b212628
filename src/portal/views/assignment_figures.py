"""How an assignment went, for its teacher and the head."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from contracts.academics import AcademicsService
from contracts.assessments import AssessmentsService
from contracts.base import Role
from kernel.identity import actor_of
from kernel.registry import services
from portal import mark_figures
from portal.access import only
from portal.components import Figure


@require_safe
@only(Role.STAFF, Role.HOD)
def assignment_figures(request: HttpRequest, assignment_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    assessments = services.get(AssessmentsService)
    assignment = assessments.assignment(actor=actor, assignment_id=assignment_id)
    statistics = assessments.assignment_statistics(actor=actor, assignment_id=assignment_id)
    subjects = services.get(AcademicsService).subjects(actor=actor, ids=(assignment.subject_id,))
    subject = subjects.get(assignment.subject_id)
    students = _("of %s students") % number_format(subject.student_count) if subject else ""
    waiting = ngettext("%d to grade", "%d to grade", statistics.ungraded) % statistics.ungraded
    notes = (students, waiting if statistics.ungraded else "")
    context = {
        "assignment": assignment,
        "subject": subject,
        "figures": (
            Figure(_("Handed in"), number_format(statistics.submitted), note=", ".join(filter(None, notes))),
            Figure(_("Late"), number_format(statistics.late)),
            *mark_figures.tiles(statistics.figures),
        ),
        "chart": mark_figures.chart(statistics.figures, title=_("Marks of the class"), x_unit=_("marks")),
        "is_teacher": actor.role is Role.STAFF,
    }
    return render(request, "portal/pages/assignment_figures.html", context)
