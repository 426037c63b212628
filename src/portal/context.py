"""Fills the frame around every page: school, person, navigation, unread notices, theme."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from contracts.base import Role
from contracts.errors import DomainError
from contracts.notifications import NotificationsService
from kernel.identity import actor_of, identity_of
from kernel.registry import services
from portal.access import HOME, PROFILE, ROLE_LABELS
from portal.frame import FramePerson, PageFrame, theme_from_cookies
from portal.navigation import is_routed, navigation


def page(request: HttpRequest) -> PageFrame:
    """Context processor. What cannot be asked just now is left out: a page of errors must not fail itself."""
    frame = PageFrame(school_name=settings.SCHOOL_NAME, theme=theme_from_cookies(request.COOKIES))
    if not hasattr(request, "session"):
        return frame
    try:
        identity = identity_of(request)
    except DomainError:
        return frame
    if identity is None or identity.role not in HOME:
        return frame
    frame["nav"] = navigation(
        identity.role, current=request.resolver_match.url_name if request.resolver_match else None
    )
    frame["person"] = FramePerson(
        name=identity.name,
        role_label=ROLE_LABELS[identity.role],
        home_url=HOME[identity.role],
        profile_url=reverse(PROFILE[identity.role]) if is_routed(PROFILE[identity.role]) else "",
    )
    frame["unread_count"] = _unread_count(request, identity.role)
    return frame


def _unread_count(request: HttpRequest, role: Role) -> int | None:
    try:
        return services.get(NotificationsService).unread_count(actor=actor_of(request))
    except DomainError:
        return None
