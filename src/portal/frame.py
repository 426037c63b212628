"""What the templates `portal/base.html` and `portal/base_public.html` rely on, in one place.

A context processor fills these for every page. All of them may be missing: an error page drawn in the middle of an
outage has no navigation and no counts, and must still be a page of the house.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

from django.utils.functional import Promise

from portal.navigation import NavGroup

Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = ("auto", "light", "dark")
THEME_COOKIE = "theme"


@dataclass(frozen=True, slots=True)
class FramePerson:
    """Who is logged in, as the header shows it. An empty URL leaves the link out."""

    name: str
    role_label: str | Promise
    home_url: str
    profile_url: str = ""

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


class PageFrame(TypedDict, total=False):
    """Variables of the page frame. Blocks that a page fills are listed at the top of `portal/base.html`."""

    school_name: str
    nav: tuple[NavGroup, ...]
    """`navigation.navigation(role, current=request.resolver_match.url_name)`; empty for visitors."""
    person: FramePerson | None
    unread_count: int | None
    """Unread notices; None when nobody could be asked, which hides the number and keeps the link."""
    theme: Theme


def theme_from_cookies(cookies: Mapping[str, str]) -> Theme:
    """The theme this browser chose; "auto" (the system's) unless it chose one that exists."""
    chosen = cookies.get(THEME_COOKIE, "auto")
    return next((theme for theme in THEMES if theme == chosen), "auto")
