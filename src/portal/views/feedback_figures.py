"""How feedback was answered: figures and a chart for the heads of department."""

from datetime import date, timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contracts.base import Audience, Role
from contracts.errors import Invalid, NotFound
from contracts.feedback import FeedbackService, FeedbackStatistics
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.charts import Chart, Series, StackedBars
from portal.components import Figure
from portal.forms.feedback import PeriodForm

HOURS_SHOWN = 48
"""Longer waits are told in days."""


@require_safe
@only(Role.HOD)
def feedback_figures(request: HttpRequest, audience: str) -> HttpResponseBase:
    """Of the last twelve months, or of the days in the address."""
    if audience not in set(Audience):
        raise NotFound(entity="feedback.Feedback", id=audience)
    suggested = _last_twelve_months(timezone.localdate())
    form = PeriodForm(suggested | request.GET.dict())
    statistics: FeedbackStatistics | None = None
    if form.is_valid():
        try:
            statistics = services.get(FeedbackService).statistics(
                actor=actor_of(request), audience=Audience(audience), **form.cleaned_data
            )
        except Invalid as error:
            for name, texts in error.fields.items():
                form.add_error(name, texts)
    title = _("How students' feedback was answered") if audience == "student" else _("How staff feedback was answered")
    context = {
        "title": title,
        "form": form,
        "list_url": reverse(f"{audience}_feedback_message"),
        "figures": _figures(statistics) if statistics else (),
        "chart": _by_month(statistics) if statistics else None,
    }
    return render(request, "portal/pages/feedback_figures.html", context)


def _last_twelve_months(today: date) -> dict[str, str]:
    """From the first of the month eleven months ago until today."""
    month = today.year * 12 + today.month - 1 - 11
    return {"first_day": date(month // 12, month % 12 + 1, 1).isoformat(), "last_day": today.isoformat()}


def _figures(statistics: FeedbackStatistics) -> tuple[Figure, ...]:
    rate = statistics.response_rate
    untimed = statistics.answered - statistics.timed_replies
    return (
        Figure(_("Sent"), number_format(statistics.sent, force_grouping=True)),
        Figure(_("Answered"), "–" if rate is None else str(rate), unit="" if rate is None else "%"),
        Figure(
            _("Reply after, on average"),
            _wait(statistics.mean_response_hours),
            note=_("Without %(count)d replies whose time is not known") % {"count": untimed} if untimed else "",
        ),
    )


def _wait(hours: float | None) -> str:
    if hours is None:
        return "–"
    if hours < 1:
        return _("%s minutes") % number_format(round(hours * 60))
    if hours < HOURS_SHOWN:
        return _("%s hours") % number_format(round(hours, 1))
    return _("%s days") % number_format(round(timedelta(hours=hours) / timedelta(days=1), 1))


def _by_month(statistics: FeedbackStatistics) -> Chart:
    months = statistics.months
    return StackedBars(
        title=_("Feedback by month"),
        unit=_("sent"),
        categories=tuple(date_format(month.first_day, "F Y") for month in months),
        series=(
            Series(_("With reply"), tuple(month.answered for month in months), "good"),
            Series(_("Without reply"), tuple(month.sent - month.answered for month in months), "warning"),
        ),
    )
