"""Subjects and who teaches them, as the HOD keeps them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService, Subject
from contracts.base import MAX_PAGE_SIZE, Actor, Page, PageRequest, Role
from contracts.errors import NotFound
from contracts.users import Person, StaffMember, UsersService
from kernel.identity import actor_of
from kernel.refs import blockers
from kernel.registry import services
from portal.access import only
from portal.deleting import Deletion, delete_page
from portal.forms import drafts
from portal.forms.academics import Choices, EditSubjectForm, SubjectForm
from portal.forms.answers import submit
from portal.forms.fields import LARGEST_ID
from portal.listing import all_items
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

CSV_HEADER = ("id", "subject", "course", "teacher", "students", "created_at", "updated_at")
SORTABLE = ("id", "name", "course_name", "student_count", "created_at")


@dataclass(frozen=True)
class SubjectRow:
    subject: Subject
    teacher: str


@require_safe
@only(Role.HOD)
def manage_subject(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    state = ListState.from_request(request, sortable=SORTABLE, default_sort="id", filters=_filters(actor))
    chosen = {f"{name}_id": int(value) for name, value in state.active.items()}

    def ask(page: PageRequest) -> Page[Subject]:
        return services.get(AcademicsService).list_subjects(
            actor=actor, page=page, course_id=chosen.get("course_id"), teacher_id=chosen.get("teacher_id")
        )

    if wants_csv(request.GET):
        return csv_response("subjects.csv", CSV_HEADER, _csv_rows(actor, all_items(ask, state.page_request())))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("name", _("Subject"), sortable=True),
            Column("id", _("ID"), sortable=True, numeric=True),
            Column("course_name", _("Course"), sortable=True),
            Column("teacher", _("Teacher")),
            Column("student_count", _("Students"), sortable=True, numeric=True),
            Column("created_at", _("Created"), sortable=True),
            Column("updated_at", _("Updated")),
        ),
        state=state,
        page=page,
        caption=_("Subjects"),
        search_label=_("Subject or course"),
        exports=True,
        has_actions=True,
        empty=Empty(
            _("No subjects yet"),
            _("A subject belongs to a course and has a teacher, who takes its attendance and enters its results."),
            _("Add the first subject"),
            reverse("add_subject"),
            icon="bookmark",
        ),
    )
    context = {"table": table, "rows": _rows(actor, page.items)}
    return state.remember(render(request, "portal/pages/subjects.html", context))


@require_safe
@only(Role.HOD)
def add_subject(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    form = drafts.restore(request, SubjectForm(courses=_courses(actor), teachers=_teachers(actor)))
    context = {"title": _("Add a subject"), "save_url": reverse("add_subject_save"), "save_label": _("Add subject")}
    return _form_page(request, form, context)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def add_subject_save(request: HttpRequest) -> HttpResponseBase:
    back = HttpResponseRedirect(reverse("add_subject"))
    if request.method != "POST":
        messages.error(request, _("Method Not Allowed!"))
        return back
    actor = actor_of(request)
    form = SubjectForm(request.POST, courses=_courses(actor), teachers=_teachers(actor))
    if form.is_valid():
        saved = submit(
            form,
            services.get(AcademicsService).add_subject,
            SubjectForm.NAMES,
            actor=actor,
            name=form.cleaned_data["subject"],
            course_id=form.cleaned_data["course"],
            teacher_id=form.cleaned_data["staff"],
        )
        if saved is not None:
            messages.success(request, _("Subject Added Successfully!"))
            return back
    messages.error(request, _("Failed to Add Subject!"))
    drafts.keep(request, form)
    return back


@require_safe
@only(Role.HOD)
def edit_subject(request: HttpRequest, subject_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    subject = _subject(actor, subject_id)
    known = {
        "subject": subject.name,
        "course": subject.course_id,
        "staff": subject.teacher_id,
        "subject_id": subject.id,
    }
    empty = EditSubjectForm(initial=known, courses=_courses(actor), teachers=_teachers(actor, subject.teacher_id))
    context = {
        "title": _("Edit subject %(name)s (ID %(id)s)") % {"name": subject.name, "id": subject.id},
        "save_url": reverse("edit_subject_save"),
        "save_label": _("Save subject"),
        "delete_url": reverse("delete_subject", args=[subject.id]),
        "delete_label": _("Delete this subject"),
    }
    return _form_page(request, drafts.restore_for(request, empty, "subject_id", subject.id), context)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def edit_subject_save(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        messages.error(request, _("Method Not Allowed!"))
        return HttpResponseRedirect(reverse("manage_subject"))
    actor = actor_of(request)
    subject_id = _posted_id(request)
    if subject_id is None:
        messages.error(request, _("Failed to Update Subject."))
        return HttpResponseRedirect(reverse("manage_subject"))
    subject = _subject(actor, subject_id)
    back = HttpResponseRedirect(reverse("edit_subject", args=[subject.id]))
    form = EditSubjectForm(request.POST, courses=_courses(actor), teachers=_teachers(actor, subject.teacher_id))
    if form.is_valid():
        saved = submit(
            form,
            services.get(AcademicsService).update_subject,
            SubjectForm.NAMES,
            actor=actor,
            subject_id=subject.id,
            name=form.cleaned_data["subject"],
            course_id=form.cleaned_data["course"],
            teacher_id=form.cleaned_data["staff"],
        )
        if saved is not None:
            messages.success(request, _("Subject Updated Successfully."))
            return back
    messages.error(request, _("Failed to Update Subject."))
    drafts.keep(request, form)
    return back


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def delete_subject(request: HttpRequest, subject_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    subject = _subject(actor, subject_id)
    deletion = Deletion(
        question=_("Delete subject %s?") % subject.name,
        refusal=_("Subject %s cannot be deleted") % subject.name,
        confirm_label=_("Delete subject"),
        done=_("Subject Deleted Successfully."),
        failed=_("Failed to Delete Subject."),
        up_url=reverse("manage_subject"),
        up_label=_("Subjects"),
        advice=_("What was taught, set and marked in a subject is kept with it."),
    )
    return delete_page(
        request,
        deletion,
        uses=lambda: blockers(actor=actor, target="academics.Subject", ids=[subject.id]),
        erase=lambda: services.get(AcademicsService).delete_subject(actor=actor, subject_id=subject.id),
    )


# --- what the pages show ----------------------------------------------------------------------------------------------


def _subject(actor: Actor, subject_id: int) -> Subject:
    """Raises NotFound."""
    ids = (subject_id,) if subject_id <= LARGEST_ID else ()
    found = services.get(AcademicsService).subjects(actor=actor, ids=ids).get(subject_id)
    if found is None:
        raise NotFound(entity="academics.Subject", id=subject_id)
    return found


def _posted_id(request: HttpRequest) -> int | None:
    """The id of the subject that a form is about, before its choices are known; None when it is none."""
    field = EditSubjectForm.base_fields["subject_id"]
    try:
        return int(field.clean(request.POST.get("subject_id")))
    except ValidationError:
        return None


def _courses(actor: Actor) -> Choices:
    academics = services.get(AcademicsService)
    found = all_items(lambda page: academics.list_courses(actor=actor, page=page), PageRequest(order="name"))
    return [(course.id, course.name or _("(no name)")) for course in found]


def _staff(actor: Actor) -> list[StaffMember]:
    users = services.get(UsersService)
    return list(all_items(lambda page: users.list_staff(actor=actor, page=page), PageRequest(order="name")))


def _teachers(actor: Actor, present_id: int | None = None) -> Choices:
    """Who can be given a subject: active staff; and whoever has it at present, be they what they may."""
    choices = [(person.user_id, _called(person)) for person in _staff(actor) if person.is_active]
    if present_id is not None and present_id not in {user_id for user_id, _label in choices}:
        choices.append((present_id, _("%s (as at present)") % _names(actor, [present_id])[present_id]))
    return choices


def _filters(actor: Actor) -> tuple[Filter, Filter]:
    return (
        Filter("course", _("Course"), tuple((str(i), label) for i, label in _courses(actor))),
        Filter("teacher", _("Teacher"), tuple((str(p.user_id), _called(p)) for p in _staff(actor))),
    )


def _called(person: Person) -> str:
    """Names are not unique, usernames are."""
    return f"{person.full_name} ({person.username})"


def _names(actor: Actor, user_ids: Iterable[int]) -> Mapping[int, str]:
    """Full names by user id, for all that were asked."""
    ids = sorted(set(user_ids))
    users = services.get(UsersService)
    found: dict[int, str] = dict.fromkeys(ids, _("(unknown)"))
    for start in range(0, len(ids), MAX_PAGE_SIZE):
        people = users.people(actor=actor, user_ids=tuple(ids[start : start + MAX_PAGE_SIZE]))
        found |= {user_id: person.full_name for user_id, person in people.items()}
    return found


def _rows(actor: Actor, subjects: Iterable[Subject]) -> list[SubjectRow]:
    subjects = list(subjects)
    names = _names(actor, (subject.teacher_id for subject in subjects))
    return [SubjectRow(subject, names[subject.teacher_id]) for subject in subjects]


def _csv_rows(actor: Actor, subjects: Iterable[Subject]) -> Iterable[tuple[object, ...]]:
    for row in _rows(actor, subjects):
        s = row.subject
        yield (s.id, s.name, s.course_name, row.teacher, s.student_count, s.created_at, s.updated_at)


def _form_page(request: HttpRequest, form: SubjectForm, context: Mapping[str, object]) -> HttpResponse:
    parent = {"up_url": reverse("manage_subject"), "up_label": _("Subjects")}
    return render(request, "portal/pages/academics_form.html", {"form": form, **parent, **context})
