"""No page gives a stranger's text a chance to act, and each goes out under the strict policy."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from modules.academics.models import Course, Subject
from modules.leaves.models import StudentLeave
from modules.notifications.models import StudentNotification
from modules.users.models import User
from tests.portal.conftest import Browse
from tests.portal.routes import ROUTES
from tests.portal.school import School

ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onfocus=alert(3) {{7*7}}"


class Actors(HTMLParser):
    """Whatever in a page could act by itself: inline scripts and styles, handlers, addresses that run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.inside = tag if tag in ("script", "style") else ""
        runs = [f"{n}={v}" for n, v in attrs if (v or "").strip().lower().startswith(("javascript:", "data:text"))]
        handlers = [n for n in values if n.startswith(("on", "hx-on")) or n in ("style", "srcdoc")]
        foreign = [v for n, v in attrs if n in ("src", "href") and (v or "").startswith(("http:", "https:", "//"))]
        self.found += [f"<{tag} {one}>" for one in runs + handlers + foreign]
        if tag in ("base", "iframe", "object", "embed") or (tag, values.get("src")) == ("img", "x"):
            self.found.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.found.append(f"<{self.inside}>{data[:80]}")


def acting(response: Any) -> list[str]:
    parser = Actors()
    parser.feed(response.content.decode())
    return parser.found


def pages(school: School, browse: Browse) -> Iterator[tuple[str, Any]]:
    """Every page of every role that can be looked at, and some with content."""
    register = school.register_of(school.botany)
    chosen = f"?subject={school.botany.pk}&session_year={school.year.pk}"
    more = {
        school.hod: [f"/admin_view_attendance/{chosen}&register={register.pk}", "/student_leave_view/?q=<script>"],
        school.teacher: [
            f"/staff_take_attendance/{chosen}&attendance_date={school.today}",
            f"/staff_update_attendance/{chosen}&register={register.pk}",
            "/staff_take_attendance/?subject=<img src=x onerror=alert(1)>&attendance_date=\"'><script>",
        ],
        school.student: ["/inbox/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/no_such_page/<script>"],
    }
    for person, paths in more.items():
        client = browse(person)
        routes = [r.url(school) for r in ROUTES.values() if person.role in r.owners and "GET" in r.methods.split()]
        for path in [*routes, *paths]:
            response = client.get(path)
            if response["Content-Type"].startswith("text/html") and response.status_code != 302:
                yield path, response


@pytest.fixture
def hostile(school: School) -> School:
    """Whatever people can type is an attack. The legacy held such names; here they came from there."""
    User.objects.update(first_name=ATTACK[:150], last_name="<b>Bobby</b>")
    Course.objects.update(name=ATTACK)
    Subject.objects.update(name=ATTACK)
    StudentLeave.objects.update(reason=ATTACK, decision_note=ATTACK, written_dates=ATTACK)
    StudentNotification.objects.update(message=ATTACK)
    StudentLeave.objects.filter(student_id=school.student.profile_id).exclude(status="pending").update(first_day=None)
    return school


def test_what_people_typed_is_shown_as_text_on_every_page(hostile: School, browse: Browse) -> None:
    shown = set()
    for path, response in pages(hostile, browse):
        assert acting(response) == [], path
        if "&lt;/script&gt;&lt;script&gt;alert(1)" in response.content.decode():
            shown.add(path.split("?")[0])
    assert len(shown) > 12, "most pages show some of it"


def test_every_page_goes_out_under_the_strict_policy(school: School, browse: Browse, client: Client) -> None:
    answers = [*pages(school, browse), ("/", client.get("/"))]
    assert len(answers) > 20
    for path, response in answers:
        policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'self'", path
        assert not {"script-src", "style-src", "script-src-elem", "style-src-elem"} & policy.keys()
        assert "unsafe" not in response["Content-Security-Policy"]
        assert (policy["object-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
        assert (policy["base-uri"], policy["form-action"]) == ("'self'", "'self'")
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert not [name for name in response.headers if name.lower().startswith("access-control")]


def test_pages_behind_the_login_are_stored_nowhere(school: School, browse: Browse, client: Client) -> None:
    client.get("/")
    for path, response in pages(school, browse):
        if response.status_code == 200:
            assert {"no-store", "private"} <= set(response["Cache-Control"].split(", ")), path
    assert "no-store" in client.get("/")["Cache-Control"]


def test_files_of_the_design_are_served_without_a_login(client: Client, db: None) -> None:
    for name in ("portal.css", "portal.js", "rollcall.js", "icon.svg"):
        assert client.get(f"{settings.STATIC_URL}portal/{name}").status_code == 200, name


def test_every_form_that_changes_something_carries_a_token(school: School, browse: Browse, client: Client) -> None:
    checked = 0
    for path, response in [*pages(school, browse), ("/", client.get("/"))]:
        for form in response.content.decode().split("<form")[1:]:
            head, body = form.split(">", 1)
            if 'method="post"' in head:
                assert "csrfmiddlewaretoken" in body.split("</form>")[0], path
                checked += 1
            else:
                assert "csrfmiddlewaretoken" not in body.split("</form>")[0], f"{path} would put it into the address"
    assert checked > 30
