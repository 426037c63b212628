"""Who is seen, by whom, and in how many queries."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from contracts.base import PageRequest, Role
from contracts.errors import Forbidden
from contracts.users import PeopleCounts, UsersService
from modules.users.models import StaffProfile, StudentProfile, User, UserTotal
from tests import actors
from tests.modules.users.people import make_hod, make_person, make_student, make_teacher, student_id

pytestmark = pytest.mark.django_db

WITHDRAWN = "2026-01-01T00:00Z"


def half_made_student(username: str = "ghost") -> User:
    user = make_student(username, half_made=True)
    StudentProfile.objects.filter(user=user).update(half_made=True)
    return user


def test_a_student_is_told_in_full(users: UsersService) -> None:
    user = make_student(profile={"gender": "Female", "address": "1 Lane", "profile_pic": "x.png", "phone": "12"})
    found = users.students(actor=actors.hod(), student_ids=(student_id(user), 999))
    (student,) = found.values()
    assert (student.user_id, student.role, student.full_name) == (user.pk, Role.STUDENT, "Student Person")
    assert (student.gender, student.address, student.phone, student.has_photo) == ("Female", "1 Lane", "12", True)
    assert (student.joined_at, student.birth_date) == (user.date_joined, None)


def test_a_teacher_is_told_in_full(users: UsersService) -> None:
    user = make_teacher(profile={"address": "2 Lane", "employee_number": "E7", "designation": "Reader"})
    found = users.staff(actor=actors.teacher(), staff_ids=(StaffProfile.objects.get(user=user).pk, 999))
    (teacher,) = found.values()
    assert (teacher.user_id, teacher.employee_number, teacher.designation) == (user.pk, "E7", "Reader")


def test_accounts_without_profile_are_found_by_user_with_empty_fields(users: UsersService) -> None:
    teacher, student = make_teacher(profile=None), make_student(profile=None)
    found = users.staff_by_user(actor=actors.hod(), user_ids=(teacher.pk, student.pk))
    assert {i: (m.profile_id, m.address) for i, m in found.items()} == {teacher.pk: (None, "")}
    others = users.students_by_user(actor=actors.hod(), user_ids=(teacher.pk, student.pk))
    assert {i: (m.profile_id, m.has_photo) for i, m in others.items()} == {student.pk: (None, False)}


def test_a_profile_of_another_role_does_not_make_somebody_complete(users: UsersService) -> None:
    user = make_teacher(profile=None)
    StudentProfile.objects.create(user=user)
    person = users.people(actor=actors.hod(), user_ids=(user.pk,))[user.pk]
    assert (person.role, person.profile_id) == (Role.STAFF, None)
    assert users.students(actor=actors.hod(), student_ids=(student_id(user),)) == {}


def test_nobody_half_made_is_ever_seen(users: UsersService) -> None:
    user, profile_id = (ghost := half_made_student()), student_id(ghost)
    head = actors.hod()
    assert users.people(actor=head, user_ids=(user.pk,)) == {}
    assert users.students(actor=head, student_ids=(profile_id,)) == {}
    assert users.students_by_user(actor=head, user_ids=(user.pk,)) == {}
    assert users.list_students(actor=head, page=PageRequest()).total == 0
    assert users.counts(actor=head) == PeopleCounts(students=0, staff=0, hods=0, incomplete=0)


def test_a_half_made_student_holds_the_name_and_exists_for_academics(users: UsersService) -> None:
    user = half_made_student()
    assert users.username_taken(actor=actors.hod(), username=user.username)
    assert users.email_taken(actor=actors.hod(), email=user.email)
    profile_id = student_id(user)
    assert users.existing(actor=actors.system(), entity="users.StudentProfile", ids=(profile_id,)) == {profile_id}


def test_the_withdrawn_keep_their_names_in_history_and_leave_the_lists(users: UsersService) -> None:
    teacher, student = (make(withdrawn_at=WITHDRAWN, is_active=False) for make in (make_teacher, make_student))
    head = actors.hod()
    assert {p.is_active for p in users.people(actor=head, user_ids=(teacher.pk, student.pk)).values()} == {False}
    assert users.students(actor=head, student_ids=(student_id(student),))
    assert users.list_students(actor=head, page=PageRequest()).total == 0
    assert users.list_staff(actor=head, page=PageRequest()).total == 0
    assert users.counts(actor=head) == PeopleCounts(students=0, staff=0, hods=0, incomplete=0)


def test_the_withdrawn_have_a_list_of_their_own(users: UsersService) -> None:
    gone = [make("gone" + make.__name__, withdrawn_at=WITHDRAWN) for make in (make_teacher, make_student)]
    here = [make_teacher(), make_student()]
    head = actors.hod()
    for withdrawn, (teacher, student) in ((True, gone), (False, here)):
        for person, page in (
            (teacher, users.list_staff(actor=head, page=PageRequest(), withdrawn=withdrawn)),
            (student, users.list_students(actor=head, page=PageRequest(), withdrawn=withdrawn)),
        ):
            assert [(p.user_id, p.is_withdrawn) for p in page.items] == [(person.pk, withdrawn)]


def test_students_know_of_teachers_and_themselves_only(users: UsersService) -> None:
    head, teacher, own, other = make_hod(), make_teacher(), make_student(), make_student("other")
    actor = actors.student(own.pk, student_id(own))
    found = users.people(actor=actor, user_ids=(head.pk, teacher.pk, own.pk, other.pk))
    assert set(found) == {teacher.pk, own.pk}
    assert set(users.students(actor=actor, student_ids=(student_id(own),))) == {student_id(own)}
    assert set(users.students_by_user(actor=actor, user_ids=(own.pk,))) == {own.pk}
    with pytest.raises(Forbidden):
        users.students(actor=actor, student_ids=(student_id(own), student_id(other)))
    with pytest.raises(Forbidden):
        users.students_by_user(actor=actor, user_ids=(other.pk,))


OPERATIONS: list[tuple[str, dict[str, Any], set[Role]]] = [
    ("people", {"user_ids": (1,)}, {Role.HOD, Role.STAFF, Role.STUDENT}),
    ("students", {"student_ids": (1,)}, {Role.HOD, Role.STAFF}),
    ("students_by_user", {"user_ids": (1,)}, {Role.HOD, Role.STAFF}),
    ("staff", {"staff_ids": (1,)}, {Role.HOD, Role.STAFF}),
    ("staff_by_user", {"user_ids": (1,)}, {Role.HOD, Role.STAFF}),
    ("list_students", {"page": PageRequest()}, {Role.HOD, Role.STAFF}),
    ("list_staff", {"page": PageRequest()}, {Role.HOD}),
    ("list_hods", {"page": PageRequest()}, {Role.HOD}),
    ("counts", {}, {Role.HOD}),
    ("username_taken", {"username": "x"}, {Role.HOD}),
    ("email_taken", {"email": "x"}, {Role.HOD}),
]
NOBODY = actors.student().model_copy(update={"role": Role.NONE, "profile_id": None})


@pytest.mark.parametrize(("operation", "arguments", "allowed"), OPERATIONS, ids=[o[0] for o in OPERATIONS])
@pytest.mark.parametrize(
    "actor",
    [actors.hod(), actors.teacher(), actors.student(), actors.anonymous(), NOBODY],
    ids=["hod", "staff", "student", "anonymous", "none"],
)
def test_each_role_may_ask_what_it_needs(
    users: UsersService, operation: str, arguments: dict[str, Any], allowed: set[Role], actor: Any
) -> None:
    call = getattr(users, operation)
    if actor.role in allowed:
        call(actor=actor, **arguments)
    else:
        with pytest.raises(Forbidden):
            call(actor=actor, **arguments)


def test_lists_are_newest_first_and_can_be_searched_sorted_and_narrowed(users: UsersService) -> None:
    anna = make_student("anna", first_name="Anna", last_name="Zorn", email="zz@school.example")
    bert = make_student("bert", first_name="bert", last_name="Adams")
    bare = make_student("bare", profile=None, first_name="Cara", last_name="Adams")

    def listed(**asked: Any) -> list[int]:
        narrowing = {name: asked.pop(name) for name in ("student_ids", "complete") if name in asked}
        page = users.list_students(actor=actors.hod(), page=PageRequest(**asked), **narrowing)
        assert page.total >= len(page.items)
        return [s.user_id for s in page.items]

    assert listed() == [bare.pk, bert.pk, anna.pk]
    assert listed(order="name") == [anna.pk, bert.pk, bare.pk]
    assert listed(order="-name") == [bare.pk, bert.pk, anna.pk]
    assert listed(order="email") == [bare.pk, bert.pk, anna.pk]
    assert listed(search="ADAMS") == [bare.pk, bert.pk]
    assert listed(search="adams bert") == [bert.pk]
    assert listed(search="zz@school") == [anna.pk]
    assert listed(complete=True) == [bert.pk, anna.pk]
    assert listed(complete=False) == [bare.pk]
    assert listed(student_ids=(student_id(anna),)) == [anna.pk]
    assert listed(student_ids=()) == []
    assert listed(size=1, number=2) == [bert.pk]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("order", ["name", "-name"])
def test_a_page_by_name_is_read_from_an_index_without_sorting_everybody(users: UsersService, order: str) -> None:
    make_student("anna")
    with CaptureQueriesContext(connection) as captured:
        users.list_students(actor=actors.hod(), page=PageRequest(order=order))
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall())
            assert "users_of_role_by_name" in plan
            assert "TEMP B-TREE" not in plan


def test_a_profile_that_waits_for_its_enrolment_counts_as_none(users: UsersService) -> None:
    user = make_student()
    StudentProfile.objects.filter(user=user).update(half_made=True)
    (found,) = users.list_students(actor=actors.hod(), page=PageRequest(), complete=False).items
    assert (found.user_id, found.profile_id) == (user.pk, None)
    assert users.list_students(actor=actors.hod(), page=PageRequest(), complete=True).total == 0
    assert users.students(actor=actors.hod(), student_ids=(student_id(user),)) == {}


def test_lists_hold_one_role_each(users: UsersService) -> None:
    head, teacher, student, _ = make_hod(), make_teacher(), make_student(), make_person(Role.NONE, "odd")
    page = PageRequest()
    assert [p.user_id for p in users.list_hods(actor=actors.hod(), page=page).items] == [head.pk]
    assert [p.user_id for p in users.list_staff(actor=actors.hod(), page=page).items] == [teacher.pk]
    assert [p.user_id for p in users.list_students(actor=actors.hod(), page=page).items] == [student.pk]


def test_people_are_counted_by_role_and_completeness(users: UsersService) -> None:
    make_hod()
    make_person(Role.HOD, "bare_head")
    make_person(Role.NONE, "odd")
    make_teacher()
    make_teacher("inactive", is_active=False)
    make_teacher("bare_teacher", profile=None)
    make_student()
    make_student("bare_student", profile=None)
    assert users.counts(actor=actors.hod()) == PeopleCounts(students=1, staff=2, hods=2, incomplete=2)
    assert UserTotal.differences() == {}


def test_names_and_e_mails_are_taken_in_whatever_case(users: UsersService) -> None:
    make_teacher("Taken", email="Taken@school.example")
    head = actors.hod()
    assert users.username_taken(actor=head, username="tAKEN")
    assert users.email_taken(actor=head, email="TAKEN@SCHOOL.EXAMPLE")
    assert not users.username_taken(actor=head, username="take")
    assert not users.email_taken(actor=head, email="aken@school.example")
    assert not users.email_taken(actor=head, email="nul\0@school.example")


@pytest.mark.parametrize("people", [2, 40])
def test_the_number_of_queries_does_not_grow_with_the_school(
    users: UsersService, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    User.objects.bulk_create(User(username=f"s{n}", user_type="3") for n in range(people))
    StudentProfile.objects.bulk_create(StudentProfile(user=user) for user in User.objects.all())
    user_ids = tuple(User.objects.values_list("pk", flat=True))
    student_ids = tuple(StudentProfile.objects.values_list("pk", flat=True))
    page = PageRequest(size=50, search="s")
    with django_assert_num_queries(2):
        assert len(users.list_students(actor=actors.hod(), page=page).items) == people
    with django_assert_num_queries(1):
        assert len(users.students(actor=actors.hod(), student_ids=student_ids)) == people
    with django_assert_num_queries(1):
        assert len(users.people(actor=actors.hod(), user_ids=user_ids)) == people
    with django_assert_num_queries(1):
        users.counts(actor=actors.hod())
