"""Session years, as the HOD keeps them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService, SessionYear
from contracts.base import Actor, Role
from contracts.errors import NotFound
from kernel.identity import actor_of
from kernel.refs import blockers
from kernel.registry import services
from portal.access import only
from portal.components import Meaning
from portal.deleting import Deletion, delete_page
from portal.forms import drafts
from portal.forms.academics import EditSessionYearForm, SessionYearForm
from portal.forms.answers import problems_of, submit
from portal.forms.fields import LARGEST_ID
from portal.listing import all_items
from portal.tables import Column, Empty, ListState, Table, csv_response, wants_csv

CSV_HEADER = ("id", "first_day", "last_day")
SORTABLE = ("id", "first_day", "last_day")

CURRENT = (Meaning.GOOD, gettext_lazy("Current"))
PAST = (Meaning.NEUTRAL, gettext_lazy("Past"))
COMING = (Meaning.INFO, gettext_lazy("Coming"))
REVERSED = (Meaning.WARNING, gettext_lazy("Ends before it begins"))


@dataclass(frozen=True)
class YearRow:
    year: SessionYear
    today: date

    @property
    def when(self) -> tuple[Meaning, Promise]:
        if self.year.last_day < self.year.first_day:
            return REVERSED
        if self.today > self.year.last_day:
            return PAST
        return COMING if self.today < self.year.first_day else CURRENT


@require_safe
@only(Role.HOD)
def manage_session(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    state = ListState.from_request(request, sortable=SORTABLE, default_sort="id")
    academics = services.get(AcademicsService)
    if wants_csv(request.GET):
        found = all_items(lambda page: academics.list_session_years(actor=actor, page=page), state.page_request())
        return csv_response("session-years.csv", CSV_HEADER, ((y.id, y.first_day, y.last_day) for y in found))
    page = academics.list_session_years(actor=actor, page=state.page_request())
    table = Table(
        columns=(
            Column("first_day", _("First day"), sortable=True),
            Column("id", _("ID"), sortable=True, numeric=True),
            Column("last_day", _("Last day"), sortable=True),
            Column("when", _("Status")),
        ),
        state=state,
        page=page,
        caption=_("Session years"),
        exports=True,
        has_actions=True,
        empty=Empty(
            _("No session years yet"),
            _("A session year is a school year. Students are enrolled for one, and attendance is taken in one."),
            _("Add the first session year"),
            reverse("add_session"),
            icon="calendar",
        ),
    )
    context = {"table": table, "rows": _rows(page.items)}
    return state.remember(render(request, "portal/pages/session_years.html", context))


@require_safe
@only(Role.HOD)
def add_session(request: HttpRequest) -> HttpResponseBase:
    form = drafts.restore(request, SessionYearForm())
    context = {
        "title": _("Add a session year"),
        "save_url": reverse("add_session_save"),
        "save_label": _("Add session year"),
    }
    return _form_page(request, form, context)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def add_session_save(request: HttpRequest) -> HttpResponseBase:
    back = HttpResponseRedirect(reverse("add_session"))
    if request.method != "POST":
        messages.error(request, _("Invalid Method"))
        return back
    form = SessionYearForm(request.POST)
    readable = form.is_valid()
    if readable:
        saved = submit(
            form,
            services.get(AcademicsService).add_session_year,
            SessionYearForm.NAMES,
            actor=actor_of(request),
            first_day=form.cleaned_data["session_start_year"],
            last_day=form.cleaned_data["session_end_year"],
        )
        if saved is not None:
            messages.success(request, _("Session Year added Successfully!"))
            return back
    messages.error(request, _why_not_added(form, readable=readable))
    drafts.keep(request, form)
    return back


def _why_not_added(form: SessionYearForm, *, readable: bool) -> str:
    """The legacy's words where it had some. Days that can be read and are refused at the first one are those of another
    year.
    """
    if any(form.has_error(name, "required") for name in form.fields):
        return _("Both session start and end years are required!")
    if readable and form.has_error("session_start_year"):
        return _("Session year already exists!")
    return _("Failed to Add Session Year: %s") % problems_of(form)


@require_safe
@only(Role.HOD)
def edit_session(request: HttpRequest, session_id: int) -> HttpResponseBase:
    year = _year(actor_of(request), session_id)
    known = {"session_start_year": year.first_day, "session_end_year": year.last_day, "session_id": year.id}
    context = {
        "title": _("Edit session year %(label)s (ID %(id)s)") % {"label": year.label, "id": year.id},
        "save_url": reverse("edit_session_save"),
        "save_label": _("Save session year"),
        "delete_url": reverse("delete_session", args=[year.id]),
        "delete_label": _("Delete this session year"),
    }
    form = drafts.restore_for(request, EditSessionYearForm(initial=known), "session_id", year.id)
    return _form_page(request, form, context)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def edit_session_save(request: HttpRequest) -> HttpResponseBase:
    form = EditSessionYearForm(request.POST)
    if request.method != "POST" or form.has_error("session_id"):
        failed = _("Failed to Update Session Year.")
        messages.error(request, failed if request.method == "POST" else _("Invalid Method!"))
        return HttpResponseRedirect(reverse("manage_session"))
    actor = actor_of(request)
    year = _year(actor, form.cleaned_data["session_id"])
    back = HttpResponseRedirect(reverse("edit_session", args=[year.id]))
    if form.is_valid():
        saved = submit(
            form,
            services.get(AcademicsService).update_session_year,
            SessionYearForm.NAMES,
            actor=actor,
            session_year_id=year.id,
            first_day=form.cleaned_data["session_start_year"],
            last_day=form.cleaned_data["session_end_year"],
        )
        if saved is not None:
            messages.success(request, _("Session Year Updated Successfully."))
            return back
    messages.error(request, _("Failed to Update Session Year."))
    drafts.keep(request, form)
    return back


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def delete_session(request: HttpRequest, session_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    year = _year(actor, session_id)
    academics = services.get(AcademicsService)
    deletion = Deletion(
        question=_("Delete session year %s?") % year.label,
        refusal=_("Session year %s cannot be deleted") % year.label,
        confirm_label=_("Delete session year"),
        done=_("Session Deleted Successfully."),
        failed=_("Failed to Delete Session."),
        up_url=reverse("manage_session"),
        up_label=_("Session years"),
        advice=_("A year in which somebody was enrolled or attendance was taken is part of the school's history."),
    )
    return delete_page(
        request,
        deletion,
        uses=lambda: (
            {_("students"): len(academics.student_ids(actor=actor, session_year_id=year.id))}
            | blockers(actor=actor, target="academics.SessionYear", ids=[year.id])
        ),
        erase=lambda: academics.delete_session_year(actor=actor, session_year_id=year.id),
    )


def _year(actor: Actor, session_id: int) -> SessionYear:
    """Raises NotFound."""
    ids = (session_id,) if session_id <= LARGEST_ID else ()
    found = services.get(AcademicsService).session_years(actor=actor, ids=ids).get(session_id)
    if found is None:
        raise NotFound(entity="academics.SessionYear", id=session_id)
    return found


def _rows(years: Iterable[SessionYear]) -> list[YearRow]:
    today = timezone.localdate()
    return [YearRow(year, today) for year in years]


def _form_page(request: HttpRequest, form: SessionYearForm, context: Mapping[str, object]) -> HttpResponse:
    parent = {"up_url": reverse("manage_session"), "up_label": _("Session years")}
    return render(request, "portal/pages/academics_form.html", {"form": form, **parent, **context})
