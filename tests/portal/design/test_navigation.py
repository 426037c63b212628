"""Everybody finds the tasks of the own role, nothing that leads nowhere, and where they are."""

import pytest

from contracts.base import Role
from portal.navigation import ITEMS, NavItem, bottom_bar, is_routed, items_for, navigation


def everything(url_name: str) -> bool:
    return True


def names(items: tuple[NavItem, ...]) -> list[str]:
    return [item.url_name for item in items]


@pytest.mark.parametrize("role", [Role.HOD, Role.STAFF, Role.STUDENT])
def test_each_role_has_its_home_first_and_four_tasks_in_the_bottom_bar(role: Role) -> None:
    groups = navigation(role, routed=everything)

    assert groups[0].items[0].icon == "home"
    assert len(bottom_bar(groups)) == 4
    assert bottom_bar(groups)[0] == groups[0].items[0]


@pytest.mark.parametrize("role", [Role.NONE, Role.ANONYMOUS, Role.SYSTEM])
def test_who_has_no_part_in_the_school_has_no_navigation(role: Role) -> None:
    assert navigation(role, routed=everything) == ()


def test_pages_that_are_not_routed_are_left_out_with_their_empty_groups() -> None:
    routed = {"staff_home", "staff_take_attendance"}

    assert names(items_for(Role.STAFF, routed=routed.__contains__)) == ["staff_home", "staff_take_attendance"]
    assert len(navigation(Role.STAFF, routed=routed.__contains__)) == 2


@pytest.mark.parametrize("role", list(ITEMS))
def test_no_page_appears_twice_in_a_navigation_and_each_belongs_to_one_task(role: Role) -> None:
    own = [item.url_name for item in ITEMS[role]]
    belonging = [name for item in ITEMS[role] for name in item.also]

    assert len(own) == len(set(own))
    assert len(belonging) == len(set(belonging))
    assert not set(own) & set(belonging)


@pytest.mark.parametrize("page", ["manage_student", "add_student", "edit_student"])
def test_a_task_stays_marked_on_the_pages_that_belong_to_it(page: str) -> None:
    groups = navigation(Role.HOD, current=page, routed=everything)

    assert [item.url_name for group in groups for item in group.items if item.current] == ["manage_student"]


def test_a_page_without_place_in_the_navigation_marks_nothing() -> None:
    groups = navigation(Role.HOD, current=None, routed=everything)

    assert not any(item.current for group in groups for item in group.items)


@pytest.mark.usefixtures("gallery")
def test_whether_a_page_is_routed_is_asked_of_the_urls() -> None:
    assert is_routed("manage_student")
    assert not is_routed("no_such_page")
