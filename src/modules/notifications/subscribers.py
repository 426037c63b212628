"""Who is told of what. Each handler first asks other modules, then writes once.

The names of the functions are stored with deliveries: a renamed one would tell people of old events again.
"""

from collections.abc import Iterable
from uuid import UUID

import structlog

from contracts.academics import AcademicsService, Subject
from contracts.assessments import (
    AssignmentDueSoon,
    AssignmentPublished,
    ResultRecorded,
    SemesterResultDecided,
    SubmissionGraded,
)
from contracts.feedback import FeedbackReplied, FeedbackSent
from contracts.finance import FineCancelled, FineIssued, FineOverdue, FineReminderDue, FineWaived, PaymentSucceeded
from contracts.leaves import LeaveApproved, LeaveCancelled, LeaveRejected, LeaveRequested, LeaveStatus
from contracts.notifications import EmailQueued, Group, GroupNoticeWritten, Inbox, NoticeKind
from kernel.databases import atomic
from kernel.events import Effect, subscribe
from kernel.registry import services
from modules.notifications import groups, inboxes, mails, people, texts
from modules.notifications.models import EmailDelivery, EmailState

log = structlog.get_logger(__name__)

HODS = Group(inbox=Inbox.HOD)


def tell(
    effect: Effect,
    inbox: Inbox,
    recipient_ids: Iterable[int],
    kind: NoticeKind,
    message: str,
    occasion: UUID | None = None,
) -> None:
    """The notice, once for each. A crowd is told in several transactions, so that nobody else waits long to write; a
    repetition after a crash leaves out who was told, by the occasion.
    """
    about = occasion or effect.event_uid
    *earlier, last = inboxes.batches(recipient_ids)
    for batch in earlier:
        with atomic("notifications"):
            inboxes.put(inbox, batch, kind=kind, message=message, occasion=about)
    with effect.once():
        inboxes.put(inbox, last, kind=kind, message=message, occasion=about)


# Messages of people


@subscribe(GroupNoticeWritten)
def deliver_to_group(event: GroupNoticeWritten, effect: Effect) -> None:
    members = groups.members(event.group, actor=effect.actor)
    tell(effect, event.group.inbox, members, NoticeKind.MESSAGE, event.message, event.occasion)


# Leave


@subscribe(LeaveRequested)
def tell_hods_of_request(event: LeaveRequested, effect: Effect) -> None:
    hods = groups.members(HODS, actor=effect.actor)
    name = people.name_of(event.person, actor=effect.actor)
    tell(effect, Inbox.HOD, hods, NoticeKind.LEAVE, texts.leave_requested(event, name=name))


@subscribe(LeaveApproved)
def tell_of_approval(event: LeaveApproved, effect: Effect) -> None:
    inbox = people.inbox_of(event.person)
    tell(effect, inbox, [event.person.profile_id], NoticeKind.LEAVE, texts.leave_approved(event))


@subscribe(LeaveRejected)
def tell_of_rejection(event: LeaveRejected, effect: Effect) -> None:
    inbox = people.inbox_of(event.person)
    tell(effect, inbox, [event.person.profile_id], NoticeKind.LEAVE, texts.leave_rejected(event))


@subscribe(LeaveCancelled)
def tell_of_cancellation(event: LeaveCancelled, effect: Effect) -> None:
    """Whoever did not do it themselves: a pending request is withdrawn by its owner, an approved one by the HOD."""
    if event.was is LeaveStatus.APPROVED:
        inbox = people.inbox_of(event.person)
        tell(effect, inbox, [event.person.profile_id], NoticeKind.LEAVE, texts.leave_cancelled(event))
    else:
        hods = groups.members(HODS, actor=effect.actor)
        name = people.name_of(event.person, actor=effect.actor)
        tell(effect, Inbox.HOD, hods, NoticeKind.LEAVE, texts.leave_withdrawn(event, name=name))


# Feedback


@subscribe(FeedbackSent)
def tell_hods_of_feedback(event: FeedbackSent, effect: Effect) -> None:
    hods = groups.members(HODS, actor=effect.actor)
    name = people.name_of(event.person, actor=effect.actor)
    tell(effect, Inbox.HOD, hods, NoticeKind.FEEDBACK, texts.feedback_sent(name=name))


@subscribe(FeedbackReplied)
def tell_of_reply(event: FeedbackReplied, effect: Effect) -> None:
    inbox = people.inbox_of(event.person)
    tell(effect, inbox, [event.person.profile_id], NoticeKind.FEEDBACK, texts.feedback_replied())


# Assessments


@subscribe(AssignmentPublished)
def tell_class_of_assignment(event: AssignmentPublished, effect: Effect) -> None:
    subject = _subject(event.subject_id, effect)
    if subject is None:
        return
    students = services.get(AcademicsService).student_ids(actor=effect.actor, course_id=subject.course_id)
    message = texts.assignment_published(event, subject=subject.name)
    tell(effect, Inbox.STUDENT, students, NoticeKind.ASSIGNMENT, message)


@subscribe(AssignmentDueSoon)
def remind_of_assignment(event: AssignmentDueSoon, effect: Effect) -> None:
    subject = _subject(event.subject_id, effect)
    if subject is None:
        return
    students = services.get(AcademicsService).student_ids(actor=effect.actor, course_id=subject.course_id)
    done = frozenset(event.handed_in)
    message = texts.assignment_due_soon(event, subject=subject.name)
    tell(effect, Inbox.STUDENT, [i for i in students if i not in done], NoticeKind.ASSIGNMENT, message)


@subscribe(SubmissionGraded)
def tell_of_grade(event: SubmissionGraded, effect: Effect) -> None:
    tell(effect, Inbox.STUDENT, [event.student_id], NoticeKind.ASSIGNMENT, texts.submission_graded(event))


@subscribe(ResultRecorded)
def tell_of_result(event: ResultRecorded, effect: Effect) -> None:
    subject = _subject(event.subject_id, effect)
    if subject is None:
        return
    message = texts.result_recorded(event, subject=subject.name)
    tell(effect, Inbox.STUDENT, [event.student_id], NoticeKind.RESULT, message)


@subscribe(SemesterResultDecided)
def tell_of_semester_result(event: SemesterResultDecided, effect: Effect) -> None:
    tell(effect, Inbox.STUDENT, [event.student_id], NoticeKind.RESULT, texts.semester_result(event))


def _subject(subject_id: int, effect: Effect) -> Subject | None:
    """The subject; None when it was deleted before its news arrived, which then concerns nobody."""
    found = services.get(AcademicsService).subjects(actor=effect.actor, ids=(subject_id,)).get(subject_id)
    if found is None:
        log.info("subject_is_gone", subject_id=subject_id)
    return found


# Fines


@subscribe(FineIssued)
def tell_of_fine(event: FineIssued, effect: Effect) -> None:
    _tell_and_mail(event.student_id, effect, subject=texts.fine_issued_subject(event), text=texts.fine_issued(event))


@subscribe(FineOverdue)
def tell_of_overdue_fine(event: FineOverdue, effect: Effect) -> None:
    _tell_and_mail(event.student_id, effect, subject=texts.fine_overdue_subject(event), text=texts.fine_overdue(event))


@subscribe(FineReminderDue)
def remind_of_fine(event: FineReminderDue, effect: Effect) -> None:
    subject, text = texts.fine_reminder_subject(event), texts.fine_reminder(event)
    _tell_and_mail(event.student_id, effect, subject=subject, text=text)


@subscribe(FineCancelled)
def tell_of_cancelled_fine(event: FineCancelled, effect: Effect) -> None:
    tell(effect, Inbox.STUDENT, [event.student_id], NoticeKind.FINE, texts.fine_cancelled(event))


@subscribe(FineWaived)
def tell_of_waived_fine(event: FineWaived, effect: Effect) -> None:
    tell(effect, Inbox.STUDENT, [event.student_id], NoticeKind.FINE, texts.fine_waived(event))


@subscribe(PaymentSucceeded)
def tell_of_payment(event: PaymentSucceeded, effect: Effect) -> None:
    subject, text = texts.payment_succeeded_subject(event), texts.payment_succeeded(event)
    _tell_and_mail(event.student_id, effect, subject=subject, text=text)


def _tell_and_mail(student_id: int, effect: Effect, *, subject: str, text: str) -> None:
    """A notice, and a mail where the student has an address."""
    student = people.student(student_id, actor=effect.actor)
    with effect.once():
        inboxes.put(Inbox.STUDENT, [student_id], kind=NoticeKind.FINE, message=text, occasion=effect.event_uid)
        if student and mails.is_deliverable(student.email):
            mails.queue(
                user_id=student.user_id,
                to=student.email,
                subject=subject,
                body=texts.letter(text, name=student.full_name),
                occasion=effect.event_uid,
            )


# Mail


@subscribe(EmailQueued)
def hand_to_mail_server(event: EmailQueued, effect: Effect) -> None:
    mail = EmailDelivery.objects.filter(pk=event.delivery_id).exclude(state=EmailState.SENT).first()
    if mail is None:
        return
    try:
        mails.hand_to_server(mail)
    except Exception as error:
        mails.note_failure(mail, error)
        raise
    with effect.once():
        mails.note_sent(mail)
