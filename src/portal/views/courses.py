"""Courses, as the HOD keeps them."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService, Course
from contracts.base import Actor, Role
from contracts.errors import NotFound
from kernel.identity import actor_of
from kernel.refs import blockers
from kernel.registry import services
from portal.access import only
from portal.deleting import Deletion, delete_page
from portal.forms import drafts
from portal.forms.academics import CourseForm, EditCourseForm
from portal.forms.answers import problems_of, submit
from portal.forms.fields import LARGEST_ID
from portal.listing import all_items
from portal.tables import Column, Empty, ListState, Table, csv_response, wants_csv

CSV_HEADER = ("id", "course", "subjects", "students", "created_at", "updated_at")


@require_safe
@only(Role.HOD)
def manage_course(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    columns = (
        Column("name", _("Course"), sortable=True),
        Column("id", _("ID"), sortable=True, numeric=True),
        Column("subject_count", _("Subjects"), sortable=True, numeric=True),
        Column("student_count", _("Students"), sortable=True, numeric=True),
        Column("created_at", _("Created"), sortable=True),
        Column("updated_at", _("Updated"), sortable=True),
    )
    state = ListState.from_request(request, sortable=[c.key for c in columns], default_sort="id")
    academics = services.get(AcademicsService)
    if wants_csv(request.GET):
        found = all_items(lambda page: academics.list_courses(actor=actor, page=page), state.page_request())
        rows = ((c.id, c.name, c.subject_count, c.student_count, c.created_at, c.updated_at) for c in found)
        return csv_response("courses.csv", CSV_HEADER, rows)
    table = Table(
        columns=columns,
        state=state,
        page=academics.list_courses(actor=actor, page=state.page_request()),
        caption=_("Courses"),
        search_label=_("Name of a course"),
        exports=True,
        has_actions=True,
        empty=Empty(
            _("No courses yet"),
            _("A course holds subjects, and students are enrolled in it."),
            _("Add the first course"),
            reverse("add_course"),
            icon="book-open",
        ),
    )
    return state.remember(render(request, "portal/pages/courses.html", {"table": table}))


@require_safe
@only(Role.HOD)
def add_course(request: HttpRequest) -> HttpResponseBase:
    form = drafts.restore(request, CourseForm())
    context = {"title": _("Add a course"), "save_url": reverse("add_course_save"), "save_label": _("Add course")}
    return _form_page(request, form, context)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def add_course_save(request: HttpRequest) -> HttpResponseBase:
    back = HttpResponseRedirect(reverse("add_course"))
    if request.method != "POST":
        messages.error(request, _("Invalid Method!"))
        return back
    form = CourseForm(request.POST)
    readable = form.is_valid()
    if readable:
        saved = submit(
            form,
            services.get(AcademicsService).add_course,
            CourseForm.NAMES,
            actor=actor_of(request),
            name=form.cleaned_data["course"],
        )
        if saved is not None:
            messages.success(request, _("Course Added Successfully!"))
            return back
    messages.error(request, _why_not_added(form, readable=readable))
    drafts.keep(request, form)
    return back


def _why_not_added(form: CourseForm, *, readable: bool) -> str:
    """The legacy's words where it had some. A name that can be read and is refused is in use."""
    if form.has_error("course", "required"):
        return _("Course name is required!")
    if readable and form.has_error("course"):
        return _("Course already exists!")
    return _("Failed to Add Course: %s") % problems_of(form)


@require_safe
@only(Role.HOD)
def edit_course(request: HttpRequest, course_id: int) -> HttpResponseBase:
    course = _course(actor_of(request), course_id)
    known = {"course": course.name, "course_id": course.id}
    form = drafts.restore_for(request, EditCourseForm(initial=known), "course_id", course.id)
    context = {
        "title": _("Edit course %(name)s (ID %(id)s)") % {"name": course.name, "id": course.id},
        "save_url": reverse("edit_course_save"),
        "save_label": _("Save course"),
        "delete_url": reverse("delete_course", args=[course.id]),
        "delete_label": _("Delete this course"),
    }
    return _form_page(request, form, context)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def edit_course_save(request: HttpRequest) -> HttpResponseBase:
    form = EditCourseForm(request.POST)
    if request.method != "POST" or form.has_error("course_id"):
        messages.error(request, _("Failed to Update Course.") if request.method == "POST" else _("Invalid Method!"))
        return HttpResponseRedirect(reverse("manage_course"))
    actor = actor_of(request)
    course = _course(actor, form.cleaned_data["course_id"])
    back = HttpResponseRedirect(reverse("edit_course", args=[course.id]))
    if form.is_valid():
        saved = submit(
            form,
            services.get(AcademicsService).rename_course,
            CourseForm.NAMES,
            actor=actor,
            course_id=course.id,
            name=form.cleaned_data["course"],
        )
        if saved is not None:
            messages.success(request, _("Course Updated Successfully."))
            return back
    messages.error(request, _("Failed to Update Course."))
    drafts.keep(request, form)
    return back


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def delete_course(request: HttpRequest, course_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    course = _course(actor, course_id)
    deletion = Deletion(
        question=_("Delete course %s?") % course.name,
        refusal=_("Course %s cannot be deleted") % course.name,
        confirm_label=_("Delete course"),
        done=_("Course Deleted Successfully."),
        failed=_("Failed to Delete Course."),
        up_url=reverse("manage_course"),
        up_label=_("Courses"),
        advice=_("Delete or move its subjects and students first. Earlier enrolments keep a course for good."),
    )
    return delete_page(
        request,
        deletion,
        uses=lambda: (
            {_("subjects"): course.subject_count, _("students"): course.student_count}
            | blockers(actor=actor, target="academics.Course", ids=[course.id])
        ),
        erase=lambda: services.get(AcademicsService).delete_course(actor=actor, course_id=course.id),
    )


def _course(actor: Actor, course_id: int) -> Course:
    """Raises NotFound."""
    ids = (course_id,) if course_id <= LARGEST_ID else ()
    found = services.get(AcademicsService).courses(actor=actor, ids=ids).get(course_id)
    if found is None:
        raise NotFound(entity="academics.Course", id=course_id)
    return found


def _form_page(request: HttpRequest, form: CourseForm, context: Mapping[str, object]) -> HttpResponse:
    parent = {"up_url": reverse("manage_course"), "up_label": _("Courses")}
    return render(request, "portal/pages/academics_form.html", {"form": form, **parent, **context})
