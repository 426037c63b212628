"""Courses and session years as choices, and by name."""

from functools import cached_property

from django.utils.translation import gettext as _

from contracts.academics import AcademicsService
from contracts.base import Actor, PageRequest
from kernel.registry import services
from portal.listing import all_items


class Places:
    """Where students can be enrolled at this moment; asked once per request, and only for what is needed."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    @cached_property
    def courses(self) -> list[tuple[int, str]]:
        academics = services.get(AcademicsService)
        found = all_items(lambda page: academics.list_courses(actor=self._actor, page=page), PageRequest(order="name"))
        return [(course.id, course.name.strip() or _("(no name)")) for course in found]

    @cached_property
    def years(self) -> list[tuple[int, str]]:
        """Latest first."""
        academics = services.get(AcademicsService)
        request = PageRequest(order="-first_day")
        found = all_items(lambda page: academics.list_session_years(actor=self._actor, page=page), request)
        return [(year.id, year.label) for year in found]

    def course_name(self, course_id: int) -> str:
        return dict(self.courses).get(course_id) or _("(deleted course)")

    def year_label(self, session_year_id: int) -> str:
        return dict(self.years).get(session_year_id) or _("(deleted session year)")
