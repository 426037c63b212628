"""What feedback does for others; the only writer of its tables."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, Audience, Page, PageRequest, PersonRef, Role
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.feedback import (
    Feedback,
    FeedbackCounts,
    FeedbackRef,
    FeedbackReplied,
    FeedbackSent,
    FeedbackService,
    FeedbackStatistics,
)
from kernel import audit
from kernel.databases import atomic
from kernel.events import publish
from kernel.paging import page_of
from kernel.permissions import require, require_login
from kernel.refs import ReferenceQueries
from modules.feedback import queries
from modules.feedback.models import MODELS, FeedbackMessage, FeedbackTotal

ORDER = {"sent_at": "created_at"}


class FeedbackProvider(ReferenceQueries, FeedbackService):
    def send(self, *, actor: Actor, text: str) -> Feedback:
        person = _own_person(actor)
        written = _written(text, _("Write your feedback first."))
        model = MODELS[person.audience]
        with atomic(self.module):
            row = model._default_manager.create(**{model.person_field: person.profile_id}, text=written)
            FeedbackTotal.add({f"{person.audience}:total": +1, f"{person.audience}:unanswered": +1})
            audit.record(actor=actor, action="feedback.sent", target=f"{model.__name__}:{row.pk}")
            publish(FeedbackSent(feedback=_ref(row), person=person, at=row.created_at))
        return queries.to_dto(row)

    def own(self, *, actor: Actor, page: PageRequest) -> Page[Feedback]:
        person = _own_person(actor)
        model = MODELS[person.audience]
        rows = model._default_manager.filter(**{model.person_field: person.profile_id})
        return page_of(rows, page, build=queries.build, search=("text", "reply"), order=ORDER)

    def received(
        self, *, actor: Actor, audience: Audience, page: PageRequest, answered: bool | None = None
    ) -> Page[Feedback]:
        require(actor, Role.HOD)
        rows = queries.feedback_of(audience)
        if answered is not None:
            rows = rows.exclude(reply="") if answered else rows.filter(reply="")
        return page_of(rows, page, build=queries.build, search=("text", "reply"), order=ORDER)

    def get(self, *, actor: Actor, feedback: FeedbackRef) -> Feedback:
        require_login(actor)
        row = MODELS[feedback.audience]._default_manager.filter(pk=feedback.id).first()
        if row is None or not _may_read(actor, row):
            raise _no_such_feedback(feedback)
        return queries.to_dto(row)

    def counts(self, *, actor: Actor, audience: Audience) -> FeedbackCounts:
        require(actor, Role.HOD)
        return queries.counts(audience)

    def statistics(self, *, actor: Actor, audience: Audience, first_day: date, last_day: date) -> FeedbackStatistics:
        require(actor, Role.HOD)
        if last_day < first_day:
            raise Invalid(fields={"last_day": [_("The last day lies before the first.")]})
        return queries.statistics(audience, first_day, last_day)

    def reply(self, *, actor: Actor, feedback: FeedbackRef, text: str) -> Feedback:
        require(actor, Role.HOD)
        written = _written(text, _("Write a reply first."))
        model = MODELS[feedback.audience]
        with atomic(self.module):
            row = model._default_manager.select_for_update().filter(pk=feedback.id).first()
            if row is None:
                raise _no_such_feedback(feedback)
            if row.reply == written:
                return queries.to_dto(row)
            if not row.reply:
                FeedbackTotal.add({f"{feedback.audience}:unanswered": -1})
            row.reply, row.replied_by = written, actor.user_id
            row.replied_at = row.updated_at = timezone.now()
            row.save(update_fields=["reply", "replied_by", "replied_at", "updated_at"])
            audit.record(actor=actor, action="feedback.replied", target=f"{model.__name__}:{row.pk}")
            publish(FeedbackReplied(feedback=_ref(row), person=_person(row), at=row.replied_at))
        return queries.to_dto(row)


def _own_person(actor: Actor) -> PersonRef:
    """The actor as somebody who can write to the heads of department."""
    require(actor, Role.STAFF, Role.STUDENT)
    if actor.profile_id is None:
        raise Forbidden(message=_("Only students and staff with a complete profile can send feedback."))
    return PersonRef(audience=Audience(actor.role.value), profile_id=actor.profile_id)


def _may_read(actor: Actor, row: FeedbackMessage) -> bool:
    """The heads of department read everything, everybody else what they wrote."""
    return actor.role in (Role.HOD, Role.SYSTEM) or (
        actor.role == row.audience.value and actor.profile_id == row.person_id
    )


def _no_such_feedback(feedback: FeedbackRef) -> NotFound:
    entity = f"feedback.{MODELS[feedback.audience].__name__}"
    return NotFound(entity=entity, id=feedback.id, message=_("There is no such feedback."))


def _written(text: str, problem: str) -> str:
    """The text without blanks around it. Invalid("text") when nothing is left."""
    if not text.strip():
        raise Invalid(fields={"text": [problem]})
    return text.strip()


def _person(row: FeedbackMessage) -> PersonRef:
    return PersonRef(audience=row.audience, profile_id=row.person_id)


def _ref(row: FeedbackMessage) -> FeedbackRef:
    return FeedbackRef(audience=row.audience, id=row.pk)


provider = FeedbackProvider()
