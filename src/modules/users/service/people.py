"""Who people are: by ids, in lists, in numbers."""

from typing import Any

from django.utils.translation import gettext as _

from contracts.base import Actor, Download, Page, PageRequest, Role
from contracts.errors import Forbidden, NotFound
from contracts.users import HeadOfDepartment, PeopleCounts, Person, StaffMember, Student, UsersService
from kernel.paging import page_of
from kernel.permissions import require, require_login
from modules.users import photos, queries
from modules.users.models import StudentProfile, UserTotal
from modules.users.rules import INCOMPLETE


class People(UsersService):
    def people(self, *, actor: Actor, user_ids: tuple[int, ...]) -> dict[int, Person]:
        require_login(actor)
        found = queries.build_people(queries.visible().filter(pk__in=user_ids))
        return {p.user_id: p for p in found if _may_know(actor, p)}

    def students(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Student]:
        _require_own(actor, student_ids, actor.student_id)
        rows = queries.with_student_ids(queries.of_role(Role.STUDENT), student_ids)
        return {s.profile_id: s for s in queries.build_students(rows) if s.profile_id is not None}

    def students_by_user(self, *, actor: Actor, user_ids: tuple[int, ...]) -> dict[int, Student]:
        _require_own(actor, user_ids, actor.user_id)
        rows = queries.of_role(Role.STUDENT).filter(pk__in=user_ids)
        return {s.user_id: s for s in queries.build_students(rows)}

    def staff(self, *, actor: Actor, staff_ids: tuple[int, ...]) -> dict[int, StaffMember]:
        require(actor, Role.HOD, Role.STAFF)
        rows = queries.of_role(Role.STAFF).filter(staff_profile__id__in=staff_ids)
        return {s.profile_id: s for s in queries.build_staff(rows) if s.profile_id is not None}

    def staff_by_user(self, *, actor: Actor, user_ids: tuple[int, ...]) -> dict[int, StaffMember]:
        require(actor, Role.HOD, Role.STAFF)
        rows = queries.of_role(Role.STAFF).filter(pk__in=user_ids)
        return {s.user_id: s for s in queries.build_staff(rows)}

    def list_students(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        student_ids: tuple[int, ...] | None = None,
        complete: bool | None = None,
        withdrawn: bool = False,
    ) -> Page[Student]:
        require(actor, Role.HOD, Role.STAFF)
        rows = queries.listed(Role.STUDENT, complete=complete, withdrawn=withdrawn)
        if student_ids is not None:
            rows = queries.with_student_ids(rows, student_ids)
        return _paged(rows, page, queries.build_students)

    def list_staff(
        self, *, actor: Actor, page: PageRequest, complete: bool | None = None, withdrawn: bool = False
    ) -> Page[StaffMember]:
        require(actor, Role.HOD)
        rows = queries.listed(Role.STAFF, complete=complete, withdrawn=withdrawn)
        return _paged(rows, page, queries.build_staff)

    def list_hods(self, *, actor: Actor, page: PageRequest) -> Page[HeadOfDepartment]:
        require(actor, Role.HOD)
        return _paged(queries.listed(Role.HOD), page, queries.build_hods)

    def counts(self, *, actor: Actor) -> PeopleCounts:
        require(actor, Role.HOD)
        totals = UserTotal.read((Role.STUDENT.value, Role.STAFF.value, Role.HOD.value, INCOMPLETE))
        return PeopleCounts(
            students=totals[Role.STUDENT.value],
            staff=totals[Role.STAFF.value],
            hods=totals[Role.HOD.value],
            incomplete=totals[INCOMPLETE],
        )

    def username_taken(self, *, actor: Actor, username: str) -> bool:
        require(actor, Role.HOD)
        return queries.username_taken(username)

    def email_taken(self, *, actor: Actor, email: str) -> bool:
        require(actor, Role.HOD)
        return queries.email_taken(email)

    def photo(self, *, actor: Actor, student_id: int, small: bool = False) -> Download:
        require_login(actor)
        found = _picture(student_id, pk=student_id)
        return photos.small(found) if small else found

    def photo_at(self, *, actor: Actor, path: str) -> Download:
        require_login(actor)
        return _picture(path, profile_pic=path)


def _paged(rows: queries.Rows, page: PageRequest, build: Any) -> Page[Any]:
    return page_of(rows, page, build=build, search=queries.SEARCH, order=queries.ORDER)


def _picture(asked: int | str, **which: int | str) -> Download:
    """Raises NotFound when no student has it, or the file is gone."""
    known = not any("\0" in str(value) for value in which.values())  # PostgreSQL refuses to be asked for it
    profiles = StudentProfile.objects.filter(half_made=False, **which) if known else StudentProfile.objects.none()
    path = profiles.values_list("profile_pic", flat=True).first()
    picture = photos.read(path) if path else None
    if picture is None:
        raise NotFound(entity="users.StudentProfile", id=asked, message=_("There is no picture."))
    return picture


def _may_know(actor: Actor, person: Person) -> bool:
    """Students know of teachers and themselves."""
    return actor.role is not Role.STUDENT or person.role is Role.STAFF or person.user_id == actor.user_id


def _require_own(actor: Actor, ids: tuple[int, ...], own: int | None) -> None:
    """HOD and staff may ask for anyone, students for themselves only."""
    if actor.role is not Role.STUDENT:
        require(actor, Role.HOD, Role.STAFF)
    elif set(ids) - {own}:
        raise Forbidden(message=_("You do not have permission to do this."))
