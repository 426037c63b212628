"""Writing a notice to many people at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.academics import AcademicsService
from contracts.base import Actor, Role
from contracts.notifications import NotificationsService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import HOME, only
from portal.forms.answers import submit
from portal.forms.notices import GroupNoticeForm, groups_for_hod, groups_for_teacher
from portal.own_subjects import EVERYTHING, session_years, taught_by

CONFIRMED = "confirmed"


@require_http_methods(["GET", "POST"])
@only(Role.HOD, Role.STAFF)
def send_notice(request: HttpRequest) -> HttpResponseBase:
    """First the form; posted, a page that says how many will get it; posted from there, it is sent."""
    actor = actor_of(request)
    form = GroupNoticeForm(request.POST or None, groups=_groups(actor), years=session_years(actor))
    if request.method == "POST" and form.is_valid():
        answer = _send(request, actor, form) if CONFIRMED in request.POST else _ask(request, actor, form)
        if answer is not None:
            return answer
    status = 422 if form.errors else 200
    return render(request, "portal/pages/send_notice.html", {"form": form}, status=status)


def _send(request: HttpRequest, actor: Actor, form: GroupNoticeForm) -> HttpResponseBase | None:
    told = submit(
        form,
        services.get(NotificationsService).send_to_group,
        GroupNoticeForm.NAMES,
        actor=actor,
        group=form.group(),
        message=form.cleaned_data["message"],
    )
    if told is None:
        return None
    said = ngettext("The notice is sent to %(n)s person.", "The notice is sent to %(n)s people.", told)
    messages.success(request, said % {"n": number_format(told, force_grouping=True)})
    return HttpResponseRedirect(HOME[actor.role])


def _ask(request: HttpRequest, actor: Actor, form: GroupNoticeForm) -> HttpResponseBase | None:
    size = submit(
        form,
        services.get(NotificationsService).group_size,
        GroupNoticeForm.NAMES,
        actor=actor,
        group=form.group(),
    )
    if size is None:
        return None
    if not size:
        form.add_error("to", _("There is nobody in this group."))
        return None
    number = {"n": number_format(size, force_grouping=True)}
    return render(
        request,
        "portal/confirm.html",
        {
            "title": ngettext("Send this notice to %(n)s person?", "Send this notice to %(n)s people?", size) % number,
            "consequences": [form.cleaned_data["message"], _("It cannot be taken back.")],
            "confirm_label": ngettext("Send to %(n)s person", "Send to %(n)s people", size) % number,
            "cancel_url": reverse("send_notice"),
            "hidden": {name: form.data.get(name, "") for name in form.fields} | {CONFIRMED: "1"},
        },
    )


def _groups(actor: Actor) -> list[object]:
    if actor.role is Role.HOD:
        return groups_for_hod(services.get(AcademicsService).list_courses(actor=actor, page=EVERYTHING).items)
    return groups_for_teacher(taught_by(actor).values())
