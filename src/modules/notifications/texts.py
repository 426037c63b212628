"""What people are told, in words. A text is complete before it is stored, also where old data leaves something out."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contracts.assessments import (
    AssignmentDueSoon,
    AssignmentPublished,
    ResultRecorded,
    SemesterResultDecided,
    SemesterStatus,
    SubmissionGraded,
)
from contracts.finance import FineCancelled, FineIssued, FineOverdue, FineReminderDue, FineWaived, PaymentSucceeded
from contracts.leaves import LeaveApproved, LeaveCancelled, LeaveEvent, LeaveRejected, LeaveRequested
from kernel.money import money


def day(value: date) -> str:
    """As the pages show it: 3 Mar 2026."""
    return date_format(value, "j M Y")


def moment(value: datetime) -> str:
    """In the school's time zone, as the pages show it."""
    return date_format(timezone.localtime(value), "j M Y, H:i")


def number(value: Decimal) -> str:
    """Without zeroes at the end: 8, 7.5."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def leave_days(event: LeaveEvent) -> str:
    """The days of a request as they are clear, else as they were written."""
    if event.first_day is None or event.last_day is None:
        return event.written_dates.strip() or _("days not given")
    if event.first_day == event.last_day:
        return day(event.first_day)
    return _("%(first)s to %(last)s") % {"first": day(event.first_day), "last": day(event.last_day)}


def leave_requested(event: LeaveRequested, *, name: str) -> str:
    return _("%(name)s asks for leave (%(days)s): %(reason)s") % {
        "name": name,
        "days": leave_days(event),
        "reason": event.reason,
    }


def leave_withdrawn(event: LeaveCancelled, *, name: str) -> str:
    return _("%(name)s withdrew the request for leave (%(days)s).") % {"name": name, "days": leave_days(event)}


def leave_approved(event: LeaveApproved) -> str:
    return _with_note(_("Your leave (%(days)s) is approved.") % {"days": leave_days(event)}, event.note)


def leave_rejected(event: LeaveRejected) -> str:
    return _with_note(_("Your leave (%(days)s) is rejected.") % {"days": leave_days(event)}, event.note)


def leave_cancelled(event: LeaveCancelled) -> str:
    return _("Your approved leave (%(days)s) is cancelled.") % {"days": leave_days(event)}


def _with_note(text: str, note: str) -> str:
    return f"{text} {_('Note')}: {note}" if note else text


def feedback_sent(*, name: str) -> str:
    return _("%(name)s sent feedback.") % {"name": name}


def feedback_replied() -> str:
    return _("Your feedback has been answered.")


def assignment_published(event: AssignmentPublished, *, subject: str) -> str:
    return _("New assignment in %(subject)s: “%(title)s”, due %(due)s") % {
        "subject": subject,
        "title": event.title,
        "due": moment(event.due_at),
    }


def assignment_due_soon(event: AssignmentDueSoon, *, subject: str) -> str:
    return _("“%(title)s” in %(subject)s is due %(due)s: you have not handed it in yet.") % {
        "title": event.title,
        "subject": subject,
        "due": moment(event.due_at),
    }


def submission_graded(event: SubmissionGraded) -> str:
    graded = _("What you handed in for “%(title)s” has been graded: %(marks)s.") % {
        "title": event.title,
        "marks": number(event.marks),
    }
    return f"{graded} {_('There is a comment.')}" if event.commented else graded


def result_recorded(event: ResultRecorded, *, subject: str) -> str:
    if event.created:
        return _("Your result in %(subject)s has been entered.") % {"subject": subject}
    return _("Your result in %(subject)s has been corrected.") % {"subject": subject}


def semester_result(event: SemesterResultDecided) -> str:
    if event.status is SemesterStatus.WITHHELD:
        return _("Your semester result is withheld: %(reason)s") % {"reason": event.reason}
    if event.status is SemesterStatus.CANCELLED:
        return _("Your semester result is cancelled: %(reason)s") % {"reason": event.reason}
    if event.promoted is None:
        return _("Your semester result is published.")
    if event.promoted:
        return _("Your semester result is published: you are promoted.")
    return _("Your semester result is published: you are not promoted.")


def fine_issued(event: FineIssued) -> str:
    return _("Fine no. %(number)d: %(amount)s for “%(reason)s”. Pay it by %(due)s.") % {
        "number": event.fine_id,
        "amount": money(event.amount),
        "reason": event.reason,
        "due": day(event.due_date),
    }


def fine_overdue(event: FineOverdue) -> str:
    return _("Fine no. %(number)d over %(amount)s was to be paid by %(due)s and is overdue.") % {
        "number": event.fine_id,
        "amount": money(event.amount),
        "due": day(event.due_date),
    }


def fine_reminder(event: FineReminderDue) -> str:
    still = _("Fine no. %(number)d over %(amount)s for “%(reason)s” was to be paid by %(due)s and is still unpaid.")
    soon = _("Fine no. %(number)d over %(amount)s for “%(reason)s” is to be paid by %(due)s.")
    return (still if event.overdue else soon) % {
        "number": event.fine_id,
        "amount": money(event.amount),
        "reason": event.reason,
        "due": day(event.due_date),
    }


def fine_cancelled(event: FineCancelled) -> str:
    return _("Fine no. %(number)d is cancelled. You need not pay it.") % {"number": event.fine_id}


def fine_waived(event: FineWaived) -> str:
    return _("Fine no. %(number)d over %(amount)s is waived: %(reason)s. You need not pay it.") % {
        "number": event.fine_id,
        "amount": money(event.amount),
        "reason": event.reason.rstrip("."),
    }


def payment_succeeded(event: PaymentSucceeded) -> str:
    return _("We received %(amount)s for fine no. %(number)d. Thank you.") % {
        "amount": money(event.amount),
        "number": event.fine_id,
    }


def fine_issued_subject(event: FineIssued) -> str:
    return _("Fine no. %(number)d") % {"number": event.fine_id}


def fine_overdue_subject(event: FineOverdue) -> str:
    return _("Fine no. %(number)d is overdue") % {"number": event.fine_id}


def fine_reminder_subject(event: FineReminderDue) -> str:
    if event.overdue:
        return _("Fine no. %(number)d is still unpaid") % {"number": event.fine_id}
    return _("Fine no. %(number)d is due on %(due)s") % {"number": event.fine_id, "due": day(event.due_date)}


def payment_succeeded_subject(event: PaymentSucceeded) -> str:
    return _("Payment received for fine no. %(number)d") % {"number": event.fine_id}


def letter(text: str, *, name: str) -> str:
    """A text as the body of a mail."""
    return _("Dear %(name)s,\n\n%(text)s\n\n%(school)s") % {
        "name": name,
        "text": text,
        "school": settings.SCHOOL_NAME,
    }
