"""Addresses of the gallery: sample pages, and a page under each name of the navigation, so that it is complete."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from contracts.base import Role
from portal.frame import FramePerson, PageFrame, theme_from_cookies
from portal.navigation import ITEMS, navigation
from tests.portal.design.gallery import samples


def frame(request: HttpRequest, role: Role, current: str) -> PageFrame:
    return PageFrame(
        school_name="Saint Hildegard College",
        nav=navigation(role, current=current),
        person=FramePerson("Priya Raghunathan", "Head of department", "/", "/"),
        unread_count=7,
        theme=theme_from_cookies(request.COOKIES),
    )


def show(request: HttpRequest, template: str, current: str, role: Role = Role.HOD, **context: object) -> HttpResponse:
    return render(request, template, {**frame(request, role, current), **context})


def home(request: HttpRequest) -> HttpResponse:
    if "messages" in request.GET:
        messages.success(request, "Leave of Aarav Sharma approved. He has been told.")
        messages.error(request, "The file could not be read: it is no CSV file. Save it as CSV and try again.")
        messages.warning(request, "Two students share the e-mail a@school.example.")
        messages.info(request, "The term ends on 30 November.")
    return show(
        request,
        "gallery/home.html",
        "admin_home",
        figures=samples.FIGURES,
        waiting=samples.WAITING,
        charts=samples.CHARTS,
        sparkline=samples.SPARKLINE,
    )


def people(request: HttpRequest) -> HttpResponse:
    return show(request, "gallery/list.html", "manage_student", table=samples.table(request.GET.dict()))


def form(request: HttpRequest) -> HttpResponse:
    data = {"first_name": "Zoë", "email": "zoe@", "amount": "many"} if "errors" in request.GET else None
    return show(request, "gallery/form.html", "add_student", form=samples.SampleForm(data))


def roll(request: HttpRequest) -> HttpResponse:
    return show(request, "gallery/roll.html", "staff_take_attendance", Role.STAFF, people=samples.people(12))


def login(request: HttpRequest) -> HttpResponse:
    context = {"school_name": "Saint Hildegard College", "theme": theme_from_cookies(request.COOKIES)}
    return render(request, "gallery/login.html", {**context, "form": samples.LoginForm()})


def confirm(request: HttpRequest) -> HttpResponse:
    return show(
        request,
        "portal/confirm.html",
        "manage_course",
        title="Delete course Physics?",
        consequences=(
            "Its 4 subjects are deleted with it.",
            "38 results in these subjects are deleted.",
            "This cannot be undone.",
        ),
        confirm_label="Delete course",
        cancel_url="/",
        danger=True,
        form=samples.ReasonForm(),
    )


def bare(request: HttpRequest, template: str) -> HttpResponse:
    return render(request, template, {"theme": theme_from_cookies(request.COOKIES)})


def framed(request: HttpRequest, template: str) -> HttpResponse:
    return show(request, template, "", module="attendance")


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("", home, name="gallery_home"),
    path("list/", people),
    path("form/", form),
    path("roll/", roll),
    path("login/", login),
    path("confirm/", confirm),
    path("bare/<str:template>", bare),
    path("framed/<str:template>", framed),
    path("inbox/", nothing, name="inbox"),
    path("search/", nothing, name="search"),
    path("logout_user/", nothing, name="logout_user"),
    *(path(f"{item.url_name}/", nothing, name=item.url_name) for items in ITEMS.values() for item in items),
]
