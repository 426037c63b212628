"""Every word of every page comes from a catalogue, so that the school can speak another language.

All translations are put in brackets, and all data is made of digits: a word outside of brackets was not translatable.
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation
from pytest_django import Settings

from kernel.models import ModuleMove, MoveState
from modules.academics.models import Course, Subject
from modules.assessments.models import Assignment, AssignmentSubmission
from modules.feedback.models import StudentFeedback
from modules.finance.models import Fine, LedgerTransaction
from modules.leaves.models import StaffLeave, StudentLeave
from modules.notifications.models import HodNotification, StaffNotification, StudentNotification
from modules.users.models import User
from tests.portal.conftest import Browse
from tests.portal.routes import ROUTES
from tests.portal.school import School

OPEN, CLOSE = "⟦", "⟧"
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-confirm")
"""Attributes that are read to people."""
YEAR = r"\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d"
"""The name of a session year, which is the legacy's and part of the contract."""
NAMES = {"School", "English", "CSV", "PDF", "Unicode", "ID"}


class Words(HTMLParser):
    """What a page says, in texts and in attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        values = dict(attrs)
        self.said += [values[name] or "" for name in SPOKEN if name in values]
        if tag == "input" and values.get("type") in ("submit", "button"):
            self.said.append(values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def untranslated(html: str) -> list[str]:
    """Words outside of brackets, which may stand within each other."""
    parser = Words()
    parser.feed(html)
    text = "\n".join(parser.said)
    before = ""
    while before != text:
        before, text = text, re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ", text)
    words = re.findall(r"[^\W\d_]{2,}", re.sub(rf"{YEAR}|\S*[@/.]\S*", " ", text))
    return sorted({word for word in words if word not in NAMES})


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text of a catalogue stands in brackets."""
    for name in ("gettext", "ngettext"):
        monkeypatch.setattr(DjangoTranslation, name, in_brackets(getattr(DjangoTranslation, name)))


def in_brackets(plain: Callable[..., str]) -> Callable[..., str]:
    """The same translation in brackets; a text that is not in the catalogue comes with its context before it."""

    def mark(*asked: Any) -> str:
        return f"{OPEN}{plain(*asked).split(CONTEXT_SEPARATOR)[-1]}{CLOSE}"

    return mark


@pytest.fixture
def numbers(school: School) -> School:
    """Whatever people have typed is a number."""
    User.objects.update(first_name="11", last_name="22")
    for model in (Course, Subject):
        model._default_manager.update(name="33")
    for leave in (StudentLeave, StaffLeave):
        leave._default_manager.update(reason="44")
    for notice in (HodNotification, StaffNotification, StudentNotification):
        notice._default_manager.update(message="55")
    StudentFeedback.objects.update(text="66")
    Fine.objects.update(reason="77")
    move = ModuleMove.objects.create(module="finance", state=MoveState.ARRIVING)  # for which the ledger makes way
    LedgerTransaction._base_manager.update(memo="77")
    move.delete()
    Assignment.objects.update(title="88", description="99")
    AssignmentSubmission.objects.update(original_name="1.2")
    return school


def pages(school: School, browse: Browse) -> Iterator[tuple[str, str]]:
    for person in (school.hod, school.teacher, school.student):
        client = browse(person)
        for name, route in ROUTES.items():
            if person.role not in route.owners or not route.is_opened:
                continue
            html = client.get(route.url(school)).content.decode()
            if "<h1" in html:
                yield f"{person.role}: {name}", html


def test_every_word_of_every_page_is_translatable(
    numbers: School, browse: Browse, marked: None, client: Client
) -> None:
    found = {page: words for page, html in pages(numbers, browse) if (words := untranslated(html))}
    assert found == {}
    assert untranslated(client.get("/").content.decode()) == []


def test_pages_stand_from_right_to_left_where_the_language_does(
    school: School, as_student: Client, settings: Settings
) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    page = as_student.get("/student_home/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert '<html lang="en" dir="ltr"' in as_student.get("/student_home/").content.decode()
    translation.activate("en")
