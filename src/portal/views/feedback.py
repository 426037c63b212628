"""Feedback: writing it, reading the reply, and replying."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.academics import AcademicsService
from contracts.base import MAX_PAGE_SIZE, Actor, Audience, Page, PageRequest, Role
from contracts.errors import NotFound
from contracts.feedback import Feedback, FeedbackRef, FeedbackService
from contracts.users import Person, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.forms import drafts
from portal.forms.answers import ANSWERS, problems_of, submit
from portal.forms.feedback import REPLY_FORMS, FeedbackForm, ReplyForm
from portal.listing import all_items
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

ANSWERED = Filter(
    "answered", gettext_lazy("Reply"), (("no", gettext_lazy("Without reply")), ("yes", gettext_lazy("With reply")))
)


# --- one's own --------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.STUDENT)
def student_feedback(request: HttpRequest) -> HttpResponseBase:
    return _own_page(request, reverse("student_feedback_save"))


@require_http_methods(["GET", "POST"])
@only(Role.STUDENT)
def student_feedback_save(request: HttpRequest) -> HttpResponseBase:
    return _send(request, back=reverse("student_feedback"))


@require_safe
@only(Role.STAFF)
def staff_feedback(request: HttpRequest) -> HttpResponseBase:
    return _own_page(request, reverse("staff_feedback_save"))


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def staff_feedback_save(request: HttpRequest) -> HttpResponseBase:
    return _send(request, back=reverse("staff_feedback"))


def _send(request: HttpRequest, *, back: str) -> HttpResponseBase:
    if request.method != "POST":
        messages.error(request, _("Invalid Method."))
        return HttpResponseRedirect(back)
    form = FeedbackForm(request.POST)
    if form.is_valid():
        saved = submit(
            form,
            services.get(FeedbackService).send,
            FeedbackForm.NAMES,
            actor=actor_of(request),
            text=form.cleaned_data["feedback_message"],
        )
        if saved is not None:
            messages.success(request, _("Feedback Sent."))
            return HttpResponseRedirect(back)
    messages.error(request, _("Failed to Send Feedback."))
    drafts.keep(request, form)
    return HttpResponseRedirect(back)


def _own_page(request: HttpRequest, save_url: str) -> HttpResponseBase:
    actor = actor_of(request)
    if actor.profile_id is None:
        return render(request, "portal/pages/no_profile.html")
    state = ListState.from_request(request, sortable=("sent_at",), default_sort="-sent_at")
    table = Table(
        columns=(
            Column("text", _("Feedback and reply")),
            Column("sent_at", _("Sent on"), sortable=True),
            Column("answered", _("Status")),
        ),
        state=state,
        page=services.get(FeedbackService).own(actor=actor, page=state.page_request()),
        caption=_("Your feedback"),
        search_label=_("Text of feedback or reply"),
        empty=Empty(
            _("You have not sent any feedback yet"),
            _("What you wrote, and what was replied, will stand here."),
            icon="chat-bubble-left-right",
        ),
    )
    context = {"form": drafts.restore(request, FeedbackForm()), "save_url": save_url, "table": table}
    return state.remember(render(request, "portal/pages/own_feedback.html", context))


# --- the HOD's --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReceivedRow:
    """One line of the HOD's list."""

    feedback: Feedback
    person: Person | None
    session: str
    """A student's current session year."""
    reply_url: str
    form: ReplyForm

    @property
    def name(self) -> str:
        return self.person.full_name if self.person else _("(unknown)")


@require_safe
@only(Role.HOD)
def student_feedback_message(request: HttpRequest) -> HttpResponseBase:
    return _received(request, Audience.STUDENT, _("Student feedback"))


@require_safe
@only(Role.HOD)
def staff_feedback_message(request: HttpRequest) -> HttpResponseBase:
    return _received(request, Audience.STAFF, _("Staff feedback"))


def _received(request: HttpRequest, audience: Audience, title: str) -> HttpResponseBase:
    actor = actor_of(request)
    state = ListState.from_request(request, sortable=("sent_at",), default_sort="-sent_at", filters=(ANSWERED,))
    answered = {"yes": True, "no": False}.get(state.active.get("answered", ""))

    def ask(page: PageRequest) -> Page[Feedback]:
        return services.get(FeedbackService).received(actor=actor, audience=audience, page=page, answered=answered)

    if wants_csv(request.GET):
        found = all_items(ask, state.page_request())
        return csv_response(f"{audience}-feedback.csv", CSV_HEADER, _csv_rows(actor, audience, found))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("name", _("From")),
            Column("text", _("Feedback and reply")),
            Column("sent_at", _("Sent on"), sortable=True),
            Column("answered", _("Status")),
        ),
        state=state,
        page=page,
        caption=title,
        search_label=_("Text of feedback or reply"),
        exports=True,
        empty=Empty(
            _("No feedback"),
            _("When somebody writes, it stands here with room for a reply."),
            icon="chat-bubble-left",
        ),
    )
    context = {
        "title": title,
        "figures_url": reverse("feedback_figures", args=[audience]),
        "table": table,
        "rows": _rows(request, actor, audience, page.items),
        "address": request.GET.urlencode(),
    }
    return state.remember(render(request, "portal/pages/feedback.html", context))


@require_POST
@only(Role.HOD)
def reply_feedback(request: HttpRequest, audience: str, feedback_id: int) -> HttpResponseBase:
    """Reply from the list, and come back to where one was in it."""
    if audience not in set(Audience):
        raise NotFound(entity="feedback.Feedback", id=feedback_id)
    back = reverse(f"{audience}_feedback_message")
    address = QueryDict(request.POST.get("address", "")).urlencode()
    form = REPLY_FORMS[Audience(audience)]({"id": str(feedback_id), "reply": request.POST.get("reply", "")})
    if form.is_valid():
        saved = submit(
            form,
            services.get(FeedbackService).reply,
            ReplyForm.NAMES,
            actor=actor_of(request),
            feedback=FeedbackRef(audience=Audience(audience), id=feedback_id),
            text=form.cleaned_data["reply"],
        )
        if saved is not None:
            messages.success(request, _("Your reply is sent."))
            return HttpResponseRedirect(f"{back}?{address}" if address else back)
    messages.error(request, _("The reply was not sent: %s") % problems_of(form))
    drafts.keep(request, form)
    return HttpResponseRedirect(f"{back}?{address}#feedback-{feedback_id}")


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def student_feedback_message_reply(request: HttpRequest) -> HttpResponseBase:
    return _reply_ajax(request, Audience.STUDENT)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def staff_feedback_message_reply(request: HttpRequest) -> HttpResponseBase:
    return _reply_ajax(request, Audience.STAFF)


def _reply_ajax(request: HttpRequest, audience: Audience) -> HttpResponseBase:
    """The legacy's endpoint: `True`, or `False` for any problem, GET included."""
    if request.method != "POST":
        return HttpResponse("False")
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return HttpResponse("False")
    try:
        services.get(FeedbackService).reply(
            actor=actor_of(request),
            feedback=FeedbackRef(audience=audience, id=form.cleaned_data["id"]),
            text=form.cleaned_data["reply"],
        )
    except ANSWERS:
        return HttpResponse("False")
    return HttpResponse("True")


# --- what the lists show ----------------------------------------------------------------------------------------------

CSV_HEADER = ("id", "user_id", "person", "session_year", "feedback", "sent_at", "reply", "replied_at")


def _rows(request: HttpRequest, actor: Actor, audience: Audience, found: Iterable[Feedback]) -> list[ReceivedRow]:
    found = list(found)
    people, sessions = _people(actor, audience, found), _sessions(actor, audience, found)
    return [
        ReceivedRow(
            feedback,
            people.get(feedback.person.profile_id),
            sessions.get(feedback.person.profile_id, ""),
            reverse("reply_feedback", args=[audience, feedback.ref.id]),
            _reply_form(request, feedback),
        )
        for feedback in found
    ]


def _reply_form(request: HttpRequest, feedback: Feedback) -> ReplyForm:
    """Filled with the reply there is. Each row's fields have ids of their own."""
    number = feedback.ref.id
    empty = REPLY_FORMS[feedback.ref.audience](
        initial={"id": number, "reply": feedback.reply}, auto_id=f"reply_{number}_%s"
    )
    return drafts.restore_for(request, empty, "id", number)


def _csv_rows(actor: Actor, audience: Audience, found: Iterable[Feedback]) -> Iterable[tuple[object, ...]]:
    found = list(found)
    people, sessions = _people(actor, audience, found), _sessions(actor, audience, found)
    for feedback in found:
        person = people.get(feedback.person.profile_id)
        yield (
            feedback.ref.id,
            person.user_id if person else None,
            person.full_name if person else "",
            sessions.get(feedback.person.profile_id, ""),
            feedback.text,
            feedback.sent_at,
            feedback.reply,
            feedback.replied_at,
        )


def _people(actor: Actor, audience: Audience, found: Iterable[Feedback]) -> Mapping[int, Person]:
    """Who wrote, by profile id; in calls of at most a page."""
    users = services.get(UsersService)
    people: dict[int, Person] = {}
    for batch in _batches(feedback.person.profile_id for feedback in found):
        if audience is Audience.STUDENT:
            people |= users.students(actor=actor, student_ids=batch)
        else:
            people |= users.staff(actor=actor, staff_ids=batch)
    return people


def _sessions(actor: Actor, audience: Audience, found: Iterable[Feedback]) -> Mapping[int, str]:
    """Students' current session years, by profile id."""
    if audience is not Audience.STUDENT:
        return {}
    academics = services.get(AcademicsService)
    year_of: dict[int, int] = {}
    for batch in _batches(feedback.person.profile_id for feedback in found):
        enrollments = academics.current_enrollments(actor=actor, student_ids=batch)
        year_of |= {student_id: enrollment.session_year_id for student_id, enrollment in enrollments.items()}
    years = academics.session_years(actor=actor, ids=tuple(sorted(set(year_of.values()))))
    return {student_id: years[year_id].label for student_id, year_id in year_of.items() if year_id in years}


def _batches(ids: Iterable[int]) -> Iterable[tuple[int, ...]]:
    different = sorted(set(ids))
    for start in range(0, len(different), MAX_PAGE_SIZE):
        yield tuple(different[start : start + MAX_PAGE_SIZE])
