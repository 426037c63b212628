"""The policy that makes grades of marks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.assessments import AssessmentsService
from contracts.base import Role
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.forms.answers import submit
from portal.forms.grading import GradingPolicyForm, written


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def grading_policy(request: HttpRequest) -> HttpResponseBase:
    """Shows the policy, to be changed; what it makes of marks changes at once, everywhere."""
    actor = actor_of(request)
    service = services.get(AssessmentsService)
    if request.method == "POST":
        form = GradingPolicyForm(request.POST)
        saved = None
        if form.is_valid():
            saved = submit(form, service.set_grading_policy, None, actor=actor, policy=form.policy())
        if saved is not None:
            messages.success(request, _("The grading policy is saved. All grades follow it now."))
            return HttpResponseRedirect(reverse("grading_policy"))
    else:
        form = GradingPolicyForm(initial=written(service.grading_policy(actor=actor)))
    return render(request, "portal/pages/grading_policy.html", {"form": form}, status=422 if form.errors else 200)
