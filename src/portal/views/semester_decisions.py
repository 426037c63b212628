"""Publishing, withholding and cancelling semester results, and promotion: of ticked students, or of a whole class."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.assessments import AssessmentsService, SemesterResult, SemesterStatus
from contracts.base import Role
from contracts.users import UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.bulk import BulkAction, Selection, ask_first
from portal.forms.semester import PromotionForm, ReasonForm
from portal.semester import can_be_published, is_ready
from portal.views.semester_results import PUBLISH, class_results


@dataclass(frozen=True)
class Decision:
    """What can be decided: about which results, in which words, by what, and with which questions."""

    fits: Callable[[SemesterResult], bool]
    words: Callable[[int], BulkAction]
    decide: Callable[..., int]
    form: type[Form] | None = None


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def semester_results_selected(request: HttpRequest) -> HttpResponseBase:
    """Without ticked rows, of the class that the address names."""
    actor = actor_of(request)
    assessments = services.get(AssessmentsService)
    selection = Selection.from_request(request, reverse("semester_results"))
    decision = _decisions(assessments).get(selection.action)
    if selection.ids:
        found = assessments.semester_results(actor=actor, student_ids=selection.ids)
    else:
        found = {i: one for i, one in class_results(actor, request.GET.dict()).items() if _of_class(selection, one)}
        selection = replace(selection, ids=tuple(found))
    ids = tuple(i for i, one in found.items() if decision is not None and decision.fits(one))
    people = services.get(UsersService).students(actor=actor, student_ids=ids)
    names = {i: people[i].full_name if i in people else _("(deleted student)") for i in ids}
    action = decision.words(len(ids)) if decision else None
    form = decision.form(request.POST if request.method == "POST" else None) if decision and decision.form else None
    asked = ask_first(request, selection, action, names, form=form)
    if asked is not None or decision is None or action is None:
        return asked or HttpResponseRedirect(selection.list_url)
    done = decision.decide(actor=actor, student_ids=ids, **(form.cleaned_data if form else {}))
    messages.success(request, action.done(done))
    return HttpResponseRedirect(selection.list_url)


def _of_class(selection: Selection, result: SemesterResult) -> bool:
    """Whether it is among those of which a whole class is meant."""
    return selection.action != PUBLISH or is_ready(result)


def _decisions(assessments: AssessmentsService) -> dict[str, Decision]:
    """By what the list's buttons send."""
    return {
        PUBLISH: Decision(can_be_published, _publishing, assessments.publish_semester_results),
        "withhold": Decision(
            lambda one: one.status is not SemesterStatus.WITHHELD,
            _withholding,
            assessments.withhold_semester_results,
            ReasonForm,
        ),
        "cancel": Decision(
            lambda one: one.status is not SemesterStatus.CANCELLED,
            _cancelling,
            assessments.cancel_semester_results,
            ReasonForm,
        ),
        "promote": Decision(lambda _one: True, _promoting, assessments.decide_promotion, PromotionForm),
    }


def _publishing(count: int) -> BulkAction:
    return BulkAction(
        ngettext("Publish %(n)d semester result?", "Publish %(n)d semester results?", count) % {"n": count},
        ngettext("Publish %(n)d result", "Publish %(n)d results", count) % {"n": count},
        [
            _("The students see percentage, GPA, CGPA and promotion, and are told."),
            _("Who has a result missing, or one that a teacher keeps back, is left out."),
        ],
        lambda n: ngettext("%(n)d semester result published.", "%(n)d semester results published.", n) % {"n": n},
    )


def _withholding(count: int) -> BulkAction:
    return BulkAction(
        ngettext("Withhold %(n)d semester result?", "Withhold %(n)d semester results?", count) % {"n": count},
        ngettext("Withhold %(n)d result", "Withhold %(n)d results", count) % {"n": count},
        [
            _("The students no longer see it. They are told so, and why."),
            _("The marks in each subject stay visible. You can publish it at any time."),
        ],
        lambda n: ngettext("%(n)d semester result withheld.", "%(n)d semester results withheld.", n) % {"n": n},
    )


def _cancelling(count: int) -> BulkAction:
    return BulkAction(
        ngettext("Cancel %(n)d semester result?", "Cancel %(n)d semester results?", count) % {"n": count},
        ngettext("Cancel %(n)d result", "Cancel %(n)d results", count) % {"n": count},
        [
            _("It does not count: no rank, and no promotion, unless you decide on that."),
            _("The students are told, and why. You can publish it again at any time."),
        ],
        lambda n: ngettext("%(n)d semester result cancelled.", "%(n)d semester results cancelled.", n) % {"n": n},
        danger=True,
    )


def _promoting(count: int) -> BulkAction:
    return BulkAction(
        ngettext("Decide on the promotion of %(n)d student", "Decide on the promotion of %(n)d students", count)
        % {"n": count},
        _("Save decision"),
        [_("It stands whatever the marks and the policy say. Whose result is published is told.")],
        lambda n: ngettext("%(n)d promotion decided.", "%(n)d promotions decided.", n) % {"n": n},
    )
