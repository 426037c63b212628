"""Attendance: taking the roll, correcting it, looking at it."""

from collections.abc import Iterable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService, SessionYear, Subject
from contracts.attendance import AttendanceService, Register, RegisterWithMarks, Roll
from contracts.base import Actor, Role
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.users import UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal import rollcall
from portal.access import only
from portal.forms import drafts
from portal.forms.attendance import DayForm, RegisterChoiceForm, StudentRangeForm
from portal.ids import row_id_or_none
from portal.own_subjects import EVERYTHING, current_year, lessons_today, session_years, studied_by, taught_by

# --- staff ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def staff_take_attendance(request: HttpRequest) -> HttpResponseBase:
    """First choose subject, year and day (by GET, so that it can be bookmarked), then mark the class and post it."""
    actor = actor_of(request)
    subjects, years = tuple(taught_by(actor).values()), session_years(actor)
    suggested = _suggested(subjects, years)
    # A link may name the subject alone: year and day are then those of today.
    asked = suggested | request.GET.dict() if request.GET else None
    chosen = request.POST if request.method == "POST" else asked
    form = DayForm(chosen, subjects=subjects, years=years, initial=suggested)
    roll: Roll | None = None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        where = {"subject_id": data["subject"], "session_year_id": data["session_year"], "on": data["attendance_date"]}
        service = services.get(AttendanceService)
        try:
            if request.method == "POST":
                service.record(actor=actor, marks=rollcall.posted_marks(request.POST), **where)
                messages.success(request, _("Attendance of %s is saved.") % data["attendance_date"].isoformat())
                return HttpResponseRedirect(f"{reverse('staff_take_attendance')}?{_address(form)}")
            roll = service.roll(actor=actor, **where)
        except Invalid as error:
            _explain(form, error)
        except (Forbidden, NotFound, ValueError) as error:
            form.add_error(None, str(error))
    return render(request, "portal/pages/take_attendance.html", _roll_context(actor, form, roll, subjects))


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def staff_update_attendance(request: HttpRequest) -> HttpResponseBase:
    """Choose subject and year, then one of the days that were taken; mark, and save the correction."""
    actor = actor_of(request)
    context = _registers_context(request, actor, tuple(taught_by(actor).values()))
    register_id = row_id_or_none(request.GET.get("register"))
    if register_id is not None:
        if request.method == "POST":
            return _save_correction(request, actor, register_id)
        found = services.get(AttendanceService).register(actor=actor, register_id=register_id)
        context |= _marked_class(actor, found)
    return render(request, "portal/pages/update_attendance.html", context)


def _save_correction(request: HttpRequest, actor: Actor, register_id: int) -> HttpResponseBase:
    try:
        register = services.get(AttendanceService).correct(
            actor=actor, register_id=register_id, marks=rollcall.posted_marks(request.POST)
        )
    except (Invalid, ValueError) as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.get_full_path())
    messages.success(request, _("Attendance of %s is corrected.") % register.date.isoformat())
    query = urlencode(
        {"subject": register.subject_id, "session_year": register.session_year_id, "register": register.id}
    )
    return HttpResponseRedirect(f"{reverse('staff_update_attendance')}?{query}")


# --- head of department -----------------------------------------------------------------------------------------------


@require_safe
@only(Role.HOD)
def admin_view_attendance(request: HttpRequest) -> HttpResponseBase:
    """Any subject's registers, to read."""
    actor = actor_of(request)
    context = _registers_context(request, actor, _all_subjects(actor))
    register_id = row_id_or_none(request.GET.get("register"))
    if register_id is not None:
        context |= _marked_class(actor, services.get(AttendanceService).register(actor=actor, register_id=register_id))
    return render(request, "portal/pages/view_attendance.html", context)


# --- students ---------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.STUDENT)
def student_view_attendance(request: HttpRequest) -> HttpResponseBase:
    """One's own figures per subject, and a form to see the days."""
    actor = actor_of(request)
    subjects = tuple(studied_by(actor).values())
    form = drafts.restore(request, StudentRangeForm(subjects=subjects, initial=_this_term()))
    return render(request, "portal/pages/own_attendance.html", _own_context(actor, subjects) | {"form": form})


@require_http_methods(["GET", "POST"])
@only(Role.STUDENT)
def student_view_attendance_post(request: HttpRequest) -> HttpResponseBase:
    """The days of one subject, as a page of its own, as in the legacy."""
    if request.method != "POST":
        messages.error(request, _("Invalid Method"))
        return HttpResponseRedirect(reverse("student_view_attendance"))
    actor = actor_of(request)
    subjects = tuple(studied_by(actor).values())
    form = StudentRangeForm(request.POST, subjects=subjects)
    if not form.is_valid() or actor.student_id is None:
        messages.error(request, _("Choose a subject and two days."))
        drafts.keep(request, form)
        return HttpResponseRedirect(reverse("student_view_attendance"))
    data = form.cleaned_data
    marks = services.get(AttendanceService).student_marks(
        actor=actor,
        student_id=actor.student_id,
        subject_id=data["subject"],
        first_day=data["start_date"],
        last_day=data["end_date"],
    )
    context = _own_context(actor, subjects) | {
        "form": form,
        "subject": next(s for s in subjects if s.id == data["subject"]),
        "days": [(mark, rollcall.WORDS[mark.status]) for mark in marks],
    }
    return render(request, "portal/pages/own_attendance.html", context)


# --- what the pages show ----------------------------------------------------------------------------------------------


def _roll_context(actor: Actor, form: DayForm, roll: Roll | None, subjects: Iterable[Subject]) -> dict[str, object]:
    if roll is None:
        return {"form": form, "lessons": lessons_today(actor, subjects)}
    students = services.get(UsersService).students(actor=actor, student_ids=roll.student_ids)
    rows = rollcall.rows(roll.student_ids, students, roll.marks, roll.excused_reasons)
    return {
        "form": form,
        "roll": roll,
        "rows": rows,
        "counts": rollcall.counts(rows),
        "choices": rollcall.CHOICES,
        "hidden": {"subject": roll.subject_id, "session_year": roll.session_year_id, "attendance_date": roll.date},
    }


def _registers_context(request: HttpRequest, actor: Actor, subjects: tuple[Subject, ...]) -> dict[str, object]:
    """The choice of subject and year, and the days there are for it."""
    years = session_years(actor)
    query = request.GET.dict()
    if "session_year_id" in query and "session_year" not in query:  # the legacy's name on these two pages
        query["session_year"] = query["session_year_id"]
    chosen = "subject" in query
    form = RegisterChoiceForm(
        query if chosen else None, subjects=subjects, years=years, initial=_suggested(subjects, years)
    )
    registers: tuple[Register, ...] = ()
    if chosen and form.is_valid():
        registers = services.get(AttendanceService).registers(
            actor=actor, subject_id=form.cleaned_data["subject"], session_year_id=form.cleaned_data["session_year"]
        )
    return {
        "form": form,
        "chosen": chosen and form.is_valid(),
        "registers": sorted(registers, key=lambda r: (r.date, r.id), reverse=True),
        "register_id": row_id_or_none(request.GET.get("register")),
    }


def _marked_class(actor: Actor, found: RegisterWithMarks) -> dict[str, object]:
    """The students of a register with their marks. Several marks of one student, as old data has them, are one row."""
    ids = tuple(dict.fromkeys(mark.student_id for mark in found.marks))
    students = services.get(UsersService).students(actor=actor, student_ids=ids)
    rows = rollcall.rows(ids, students, found.marks, {})
    return {
        "register": found.summary,
        "rows": [(row, rollcall.WORDS[row.status]) for row in rows],
        "roll_rows": rows,
        "counts": rollcall.counts(rows),
        "choices": rollcall.CHOICES,
    }


def _own_context(actor: Actor, subjects: Iterable[Subject]) -> dict[str, object]:
    if actor.student_id is None:
        return {"tallies": [], "overall": None}
    service = services.get(AttendanceService)
    tallies = {t.subject_id: t.tally for t in service.student_subject_tallies(actor=actor, student_id=actor.student_id)}
    overall = service.student_tallies(actor=actor, student_ids=(actor.student_id,)).get(actor.student_id)
    return {"tallies": [(s, tallies.get(s.id)) for s in subjects], "overall": overall}


# --- choices ----------------------------------------------------------------------------------------------------------


def _all_subjects(actor: Actor) -> tuple[Subject, ...]:
    return services.get(AcademicsService).list_subjects(actor=actor, page=EVERYTHING).items


def _suggested(subjects: tuple[Subject, ...], years: tuple[SessionYear, ...]) -> dict[str, object]:
    """What is most likely wanted: today, in the year that holds today."""
    return {
        "subject": subjects[0].id if subjects else None,
        "session_year": current_year(years),
        "attendance_date": timezone.localdate(),
    }


def _this_term() -> dict[str, date]:
    today = timezone.localdate()
    return {"start_date": date.fromordinal(today.toordinal() - 90), "end_date": today}


def _address(form: DayForm) -> str:
    return urlencode({name: form.data.get(name, "") for name in form.fields})


def _explain(form: DayForm, error: Invalid) -> None:
    names = {"subject_id": "subject", "session_year_id": "session_year", "on": "attendance_date"}
    for field, texts in error.fields.items():
        name = names.get(field)
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
