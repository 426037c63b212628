"""The three home pages: first what waits, then figures, then charts. Each costs the same at any size of the school."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts.base import Role
from kernel.identity import actor_of
from portal.access import only
from portal.dashboards import hod, staff, student


@require_safe
@only(Role.HOD)
def admin_home(request: HttpRequest) -> HttpResponseBase:
    return render(request, "portal/pages/admin_home.html", {"board": hod.board(actor_of(request))})


@require_safe
@only(Role.STAFF)
def staff_home(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    if actor.staff_id is None:
        return render(request, "portal/pages/no_profile.html")
    return render(request, "portal/pages/staff_home.html", {"board": staff.board(actor, actor.staff_id)})


@require_safe
@only(Role.STUDENT)
def student_home(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    if actor.student_id is None:
        return render(request, "portal/pages/no_profile.html")
    return render(request, "portal/pages/student_home.html", {"board": student.board(actor, actor.student_id)})
