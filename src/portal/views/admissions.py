"""Adding, completing, changing and removing students. Ids in addresses are those of accounts."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService, Enrollment
from contracts.base import Actor, Role
from contracts.errors import ModuleUnavailable, NotFound
from contracts.users import AccountFields, Student, StudentChanges, StudentFields, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.classes import Places
from portal.forms import drafts
from portal.forms.answers import submit
from portal.forms.people import AddStudentForm, CompleteStudentForm, EditStudentForm, PersonForm, StudentPart
from portal.ids import row_id
from portal.people import RemovalWords, removal_page

LAST_OPENED = "student_id"
"""Where the session keeps whose page was opened last, as in the legacy, whose form does not say whose it is."""


# --- adding and completing --------------------------------------------------------------------------------------------


@require_safe
@only(Role.HOD)
def add_student(request: HttpRequest) -> HttpResponseBase:
    """Somebody new; with `?user_id=` the profile of an account that has none."""
    actor = actor_of(request)
    if "user_id" in request.GET:
        return _complete_page(request, actor, request.GET["user_id"])
    form = drafts.restore(request, AddStudentForm(**_choices(actor)))
    context = {"title": _("Add a student"), "save_url": reverse("add_student_save"), "save_label": _("Add student")}
    return _form_page(request, form, context | {"checks": True})


def _complete_page(request: HttpRequest, actor: Actor, user_id: str) -> HttpResponseBase:
    person = _by_text(actor, user_id)
    if person.is_withdrawn:
        return HttpResponseRedirect(reverse("restore_person", args=[person.user_id]))
    if person.profile_id is not None:
        return HttpResponseRedirect(reverse("edit_student", args=[person.user_id]))
    empty = CompleteStudentForm(initial={"user_id": person.user_id}, **_choices(actor))
    form = drafts.restore_for(request, empty, "user_id", person.user_id)
    context = {
        "title": _("Complete the account of %s") % person.full_name,
        "whose": person,
        "save_url": reverse("add_student_save"),
        "save_label": _("Complete the account"),
        "delete_url": reverse("delete_incomplete_student", args=[person.user_id]),
        "delete_label": _("Delete this account"),
    }
    return _form_page(request, form, context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def add_student_save(request: HttpRequest) -> HttpResponseBase:
    back = HttpResponseRedirect(reverse("add_student"))
    if request.method != "POST":
        messages.error(request, _("Invalid Method"))
        return back
    actor = actor_of(request)
    if "user_id" in request.POST:
        return _complete(request, actor)
    form = AddStudentForm(request.POST, request.FILES, **_choices(actor))
    if form.is_valid() and _admitted(actor, form) is not None:
        messages.success(request, _("Student Added Successfully!"))
        return HttpResponseRedirect(reverse("manage_student"))
    return _refused(request, form, back)


def _admitted(actor: Actor, form: AddStudentForm) -> Student | None:
    """The new student; None, with the reasons in the form, when there is none."""
    try:
        return submit(
            form,
            services.get(UsersService).admit_student,
            form.NAMES,
            actor=actor,
            account=AccountFields(**form.values(AccountFields.model_fields)),
            profile=StudentFields(**form.values(StudentFields.model_fields)),
            course_id=form.cleaned_data["course_id"],
            session_year_id=form.cleaned_data["session_year_id"],
            photo=form.photo(),
            started_on=form.cleaned_data["started_on"],
        )
    except ModuleUnavailable as error:
        _explain(form, error)
        return None


def _complete(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    person = _by_text(actor, request.POST["user_id"])
    form = CompleteStudentForm(request.POST, request.FILES, **_choices(actor))
    if form.is_valid() and _completed(actor, person, form) is not None:
        messages.success(request, _("The account of %s is complete.") % person.full_name)
        return HttpResponseRedirect(reverse("manage_student"))
    address = f"{reverse('add_student')}?{urlencode({'user_id': person.user_id})}"
    return _refused(request, form, HttpResponseRedirect(address))


def _completed(actor: Actor, person: Student, form: CompleteStudentForm) -> Student | None:
    try:
        return submit(
            form,
            services.get(UsersService).complete_student,
            form.NAMES,
            actor=actor,
            user_id=person.user_id,
            profile=StudentFields(**form.values(StudentFields.model_fields)),
            course_id=form.cleaned_data["course_id"],
            session_year_id=form.cleaned_data["session_year_id"],
            photo=form.photo(),
        )
    except ModuleUnavailable as error:
        _explain(form, error)
        return None


def _explain(form: StudentPart, error: ModuleUnavailable) -> None:
    """What did not happen can be tried again with what was typed. What may have happened is raised again."""
    if error.may_have_executed:
        raise error
    form.add_error(None, _("Failed to create student profile: %s") % (error.message or _("try again in a moment.")))


def _refused(request: HttpRequest, form: StudentPart, back: HttpResponse) -> HttpResponse:
    """Back to the form, and, as the legacy does it, one message for each problem."""
    for name, texts in form.errors.items():
        for text in texts:
            says_it_all = name in ("username", "email") and "already exists" in str(text)
            messages.error(request, str(text) if says_it_all or name == "__all__" else f"{name}: {text}")
    form.ask_for_picture_again()
    drafts.keep(request, form)
    return back


# --- changing ---------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.HOD)
def edit_student(request: HttpRequest, user_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    person = _student(actor, user_id)
    if person.is_withdrawn:
        return HttpResponseRedirect(reverse("restore_person", args=[user_id]))
    if person.profile_id is None:
        return HttpResponseRedirect(f"{reverse('add_student')}?{urlencode({'user_id': user_id})}")
    request.session[LAST_OPENED] = str(user_id)
    empty = EditStudentForm(initial=_known(person, _enrollment(actor, person)), **_choices(actor))
    form = drafts.restore_for(request, empty, "student_id", user_id)
    context = {
        "title": _("Edit %(name)s (ID %(id)s)") % {"name": person.full_name, "id": user_id},
        "whose": person,
        "save_url": reverse("edit_student_save"),
        "save_label": _("Save changes"),
        "delete_url": reverse("delete_student", args=[user_id]),
        "delete_label": _("Delete this student"),
    }
    return _form_page(request, form, context)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def edit_student_save(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        messages.error(request, _("Invalid Method!"))
        return HttpResponseRedirect(reverse("manage_student"))
    actor = actor_of(request)
    person = _whose_form(request, actor)
    if person is None or person.profile_id is None:
        messages.error(request, _("The form did not say which student it is about. Open the student and try again."))
        return HttpResponseRedirect(reverse("manage_student"))
    enrollment = _enrollment(actor, person)
    data = request.POST.copy()
    data["student_id"] = str(person.user_id)
    form = EditStudentForm(data, request.FILES, initial=_known(person, enrollment), **_choices(actor))
    back = HttpResponseRedirect(reverse("edit_student", args=[person.user_id]))
    if form.is_valid() and _saved(actor, person, form) and _enrolled(actor, person.profile_id, enrollment, form):
        request.session.pop(LAST_OPENED, None)
        messages.success(request, _("Student Updated Successfully!"))
        return back
    messages.error(request, _("Failed to Update Student."))
    form.ask_for_picture_again()
    drafts.keep(request, form)
    return back


def _whose_form(request: HttpRequest, actor: Actor) -> Student | None:
    """The student that a form is about. Raises NotFound.

    The legacy's form goes by the page that was opened last in the session. It is taken only when something in it is
    that student's: with two pages open, one student would be overwritten with the other's data.
    """
    if "student_id" in request.POST:
        return _by_text(actor, request.POST["student_id"])
    last_opened = request.session.get(LAST_OPENED)
    if last_opened is None:
        return None
    person = _by_text(actor, str(last_opened))
    sent = {name: request.POST.get(name, "").strip() for name in ("username", "email", "first_name", "last_name")}
    fits = (
        sent["username"] == person.username
        or sent["email"] == person.email
        or (sent["first_name"], sent["last_name"]) == (person.first_name, person.last_name)
    )
    return person if fits else None


def _saved(actor: Actor, person: Student, form: EditStudentForm) -> bool:
    saved = submit(
        form,
        services.get(UsersService).update_student,
        form.NAMES,
        actor=actor,
        user_id=person.user_id,
        changes=StudentChanges(**form.values(StudentChanges.model_fields)),
        photo=form.photo(),
    )
    return saved is not None


def _enrolled(actor: Actor, student_id: int, enrollment: Enrollment | None, form: EditStudentForm) -> bool:
    """Move the student to the chosen course and session year, which academics keeps; nothing when already there."""
    course_id, session_year_id = form.cleaned_data["course_id"], form.cleaned_data["session_year_id"]
    if enrollment and (enrollment.course_id, enrollment.session_year_id) == (course_id, session_year_id):
        return True
    try:
        enrolled = submit(
            form,
            services.get(AcademicsService).enroll,
            form.NAMES,
            actor=actor,
            student_id=student_id,
            course_id=course_id,
            session_year_id=session_year_id,
        )
    except ModuleUnavailable:
        form.add_error("course_id", _("This could not be changed just now; the rest is saved. Try again in a moment."))
        return False
    return enrolled is not None


# --- taking out -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def delete_student(request: HttpRequest, user_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    person = _student(actor, user_id)
    words = RemovalWords(
        done=_("Student Deleted Successfully."),
        failed=_("Failed to Delete Student."),
        list_url=reverse("manage_student"),
    )
    users = services.get(UsersService)
    return removal_page(request, actor, person, words, lambda: users.remove_person(actor=actor, user_id=person.user_id))


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def delete_incomplete_student(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """An account without profile. What is none leads back to the list, as in the legacy."""
    actor = actor_of(request)
    users = services.get(UsersService)
    person = users.students_by_user(actor=actor, user_ids=(user_id,)).get(user_id)
    if person is None or person.profile_id is not None:
        complete = _("Cannot delete: Student has a complete profile")
        messages.error(request, _("Student not found") if person is None else complete)
        return HttpResponseRedirect(reverse("manage_student"))
    words = RemovalWords(
        done=_("Incomplete student account deleted successfully!"),
        failed=_("Failed to Delete Student."),
        list_url=reverse("manage_student"),
    )
    return removal_page(request, actor, person, words, lambda: users.remove_incomplete(actor=actor, user_id=user_id))


# --- what they have in common -----------------------------------------------------------------------------------------


def _choices(actor: Actor) -> dict[str, list[tuple[int, str]]]:
    places = Places(actor)
    return {"courses": places.courses, "years": places.years}


def _enrollment(actor: Actor, person: Student) -> Enrollment | None:
    if person.profile_id is None:
        return None
    found = services.get(AcademicsService).current_enrollments(actor=actor, student_ids=(person.profile_id,))
    return found.get(person.profile_id)


def _known(person: Student, enrollment: Enrollment | None) -> dict[str, object]:
    known: dict[str, object] = {name: getattr(person, name) for name in StudentChanges.model_fields}
    known["student_id"] = person.user_id
    if enrollment is not None:
        known |= {"course_id": enrollment.course_id, "session_year_id": enrollment.session_year_id}
    return known


def _by_text(actor: Actor, user_id: str) -> Student:
    """Raises NotFound, also for what is no number."""
    try:
        return _student(actor, row_id(user_id))
    except ValueError:
        raise NotFound(entity="users.User", id=user_id) from None


def _student(actor: Actor, user_id: int) -> Student:
    """Raises NotFound."""
    found = services.get(UsersService).students_by_user(actor=actor, user_ids=(user_id,)).get(user_id)
    if found is None:
        raise NotFound(entity="users.User", id=user_id)
    return found


def _form_page(request: HttpRequest, form: PersonForm, context: Mapping[str, object]) -> HttpResponse:
    parent = {"up_url": reverse("manage_student"), "up_label": _("Students")}
    return render(request, "portal/pages/person_form.html", {"form": form, "multipart": True, **parent, **context})
