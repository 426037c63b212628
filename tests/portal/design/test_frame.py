"""Every page has its frame, also when there is nobody to ask and nothing to show."""

import re

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import Client

from portal.frame import FramePerson, theme_from_cookies

PAGES = ("/", "/?messages=1", "/list/", "/list/?bulk=1&page=4", "/form/?errors=1", "/roll/", "/login/", "/confirm/")
ERRORS = ("403.html", "404.html", "500.html", "503.html", "403_csrf.html", "unavailable.html")


@pytest.fixture
def browser(gallery: None) -> Client:
    return Client()


def page(browser: Client, url: str) -> str:
    return browser.get(url).content.decode()


@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_one_title_which_is_also_the_windows(browser: Client, url: str) -> None:
    drawn = page(browser, url)

    headings = re.findall(r"<h1>(.*?)</h1>", drawn, re.DOTALL)
    assert len(headings) == 1
    assert headings[0]
    title = re.search(r"<title>(.*?)</title>", drawn)
    assert title is not None
    assert headings[0].replace("?", "") in title.group(1).replace("?", "")


@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_its_landmarks_and_a_way_past_the_navigation(browser: Client, url: str) -> None:
    drawn = page(browser, url)

    assert len(re.findall(r"<main[ >]", drawn)) == 1
    assert len(re.findall(r"<header[ >]", drawn)) == 1
    assert drawn.index('href="#main"') < drawn.index("<header")


@pytest.mark.parametrize("url", PAGES)
def test_no_page_needs_styles_or_scripts_inside_it(browser: Client, url: str) -> None:
    drawn = page(browser, url)

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", drawn)
    assert all(body == "" for body in re.findall(r"<script[^>]*>(.*?)</script>", drawn, re.DOTALL))


@pytest.mark.parametrize("url", PAGES)
def test_no_id_is_given_twice(browser: Client, url: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', page(browser, url))

    assert sorted(ids) == sorted(set(ids))


def test_errors_in_a_form_are_told_by_the_windows_title(browser: Client) -> None:
    assert "<title>Error: Add student" in page(browser, "/form/?errors=1")


def test_logging_out_is_a_form_that_posts_with_a_token(browser: Client) -> None:
    found = re.search(r'<form method="post" action="/logout_user/">(.*?)</form>', page(browser, "/"), re.DOTALL)

    assert found
    assert "csrfmiddlewaretoken" in found.group(1)


def test_the_inbox_link_says_how_many_are_unread(browser: Client) -> None:
    assert "Inbox, 7 unread" in page(browser, "/")


@pytest.mark.parametrize(
    ("level", "role"),
    [
        (constants.SUCCESS, "status"),
        (constants.INFO, "status"),
        (constants.WARNING, "alert"),
        (constants.ERROR, "alert"),
    ],
)
def test_problems_interrupt_and_news_do_not(level: int, role: str) -> None:
    drawn = render_to_string("portal/components/messages.html", {"messages": [Message(level, "<b>Saved</b>")]})

    assert f'role="{role}"' in drawn
    assert "&lt;b&gt;Saved&lt;/b&gt;" in drawn


@pytest.mark.parametrize("template", ERRORS)
def test_error_pages_need_nothing_and_offer_a_way_on(template: str) -> None:
    drawn = render_to_string(template)

    assert re.search(r"<h1>.+</h1>", drawn)
    assert re.search(r'<a class="button[^"]*" href="/">', drawn)
    assert "<title>" in drawn


def test_a_part_that_is_out_of_order_is_named_and_doubt_is_told() -> None:
    assert "Attendance: out of order just now" in render_to_string("unavailable.html", {"module": "attendance"})
    assert "We do not know whether" in render_to_string("unavailable.html", {"may_have_executed": True})


def test_a_confirmation_posts_to_its_own_address_with_what_it_was_given() -> None:
    drawn = render_to_string(
        "portal/confirm.html",
        {
            "title": "Delete <b>Physics</b>?",
            "consequences": ["4 subjects go <i>too</i>."],
            "confirm_label": "Delete course",
            "cancel_url": "/courses/",
            "hidden": {"course_id": 7},
            "danger": True,
        },
    )

    assert '<form method="post" class="confirm">' in drawn
    assert '<input type="hidden" name="course_id" value="7">' in drawn
    assert "Delete &lt;b&gt;Physics&lt;/b&gt;?" in drawn
    assert "4 subjects go &lt;i&gt;too&lt;/i&gt;." in drawn
    assert 'class="button button--danger"' in drawn
    assert 'href="/courses/"' in drawn


@pytest.mark.parametrize(
    ("cookies", "theme"),
    [({}, "auto"), ({"theme": "dark"}, "dark"), ({"theme": "light"}, "light"), ({"theme": '"><script>'}, "auto")],
)
def test_only_a_theme_that_exists_is_taken_from_the_cookie(cookies: dict[str, str], theme: str) -> None:
    assert theme_from_cookies(cookies) == theme


def test_the_chosen_theme_is_in_the_page_before_any_script(browser: Client) -> None:
    browser.cookies["theme"] = "dark"

    drawn = page(browser, "/")

    assert re.search(r'<html [^>]*data-theme="dark"', drawn)
    assert '<meta name="color-scheme" content="dark">' in drawn


@pytest.mark.parametrize(
    ("name", "initials"), [("Priya Raghunathan", "PR"), ("Madonna", "M"), ("", ""), ("Ana de la Cruz", "AC")]
)
def test_initials_stand_for_a_name(name: str, initials: str) -> None:
    assert FramePerson(name, "Student", "/").initials == initials
