"""What a stored user type means, for any text."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.base import Role
from modules.users.rules import INCOMPLETE, USER_TYPES, counted_as, role_of


@given(st.text(max_size=10))
def test_only_1_2_and_3_give_a_part_in_the_school(user_type: str) -> None:
    expected = {"1": Role.HOD, "2": Role.STAFF, "3": Role.STUDENT}.get(user_type, Role.NONE)
    assert role_of(user_type) is expected


def test_every_role_is_stored_and_read_back() -> None:
    assert all(role_of(user_type) is role for role, user_type in USER_TYPES.items())


@given(st.sampled_from(Role), st.booleans())
def test_a_person_is_counted_at_most_once_and_hods_need_no_profile(role: Role, has_profile: bool) -> None:
    counted = counted_as(role, has_profile=has_profile)
    if role not in USER_TYPES:
        assert counted is None
    elif role is Role.HOD or has_profile:
        assert counted == role.value
    else:
        assert counted == INCOMPLETE
