"""Actors of each role, for tests that speak to services directly."""

from contracts.base import Actor, Role


def hod(user_id: int = 1) -> Actor:
    return Actor(user_id=user_id, role=Role.HOD, profile_id=1, request_id="test")


def teacher(user_id: int = 10, staff_id: int | None = 501) -> Actor:
    return Actor(user_id=user_id, role=Role.STAFF, profile_id=staff_id, request_id="test")


def student(user_id: int = 31, student_id: int | None = 701) -> Actor:
    return Actor(user_id=user_id, role=Role.STUDENT, profile_id=student_id, request_id="test")


def system() -> Actor:
    return Actor.system(request_id="test")


def anonymous() -> Actor:
    return Actor.anonymous(request_id="test")
