"""Files that are kept for people: students' pictures, and what was handed in under the legacy's addresses."""

import hashlib
import re
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_safe

from contracts.assessments import AssessmentsService, Submission
from contracts.base import Actor, Download, PageRequest
from contracts.errors import Forbidden, NotFound
from contracts.users import UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import everybody
from portal.ids import row_id
from portal.listing import all_items

SUBMISSION = re.compile(r"assignments/submissions/(?P<student>\d+)_(?P<assignment>\d+)_[^/]+")
"""How the legacy names a file that was handed in: StudentProfile's id, assignment's id, and the file's own name."""

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"})
"""What a browser may show within the site; everything else it is told to save."""


@require_safe
@everybody
def photo(request: HttpRequest, student_id: int) -> HttpResponseBase:
    """A student's picture, by StudentProfile's id; with `?small` a little square of it."""
    users = services.get(UsersService)
    return _response(request, users.photo(actor=actor_of(request), student_id=student_id, small="small" in request.GET))


@require_safe
@everybody
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """The legacy's addresses of files. What does not concern the person who asks is not there."""
    actor = actor_of(request)
    try:
        if found := SUBMISSION.fullmatch(path):
            return _response(
                request, _submission_file(actor, path, row_id(found["student"]), row_id(found["assignment"]))
            )
        return _response(request, services.get(UsersService).photo_at(actor=actor, path=path))
    except (Forbidden, ValueError):
        raise NotFound(entity="file", id=path) from None


def _submission_file(actor: Actor, path: str, student_id: int, assignment_id: int) -> Download:
    """Raises NotFound or Forbidden when there is none for this actor, or none by this name."""
    assessments = services.get(AssessmentsService)
    name = path.rpartition("/")[2]
    for submission in _submissions(actor, assignment_id):
        if submission.student_id == student_id and submission.file_name == name:
            return assessments.submission_file(actor=actor, submission_id=submission.id)
    raise NotFound(entity="assessments.AssignmentSubmission", id=path)


def _submissions(actor: Actor, assignment_id: int) -> Iterable[Submission]:
    """Those of an assignment that this actor may know of."""
    assessments = services.get(AssessmentsService)
    if actor.student_id is not None:
        return assessments.own_submissions(actor=actor, assignment_ids=(assignment_id,)).values()
    return all_items(
        lambda page: assessments.submissions(actor=actor, assignment_id=assignment_id, page=page), PageRequest()
    )


def _response(request: HttpRequest, file: Download) -> HttpResponseBase:
    """A file as an answer that nobody but this browser keeps, and that it asks for again each time, since a picture can
    change and its address does not.
    """
    shown = file.content_type in PICTURES
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(not shown, file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache" if shown else "private, no-store"
    if not shown:
        return response
    etag = quote_etag(hashlib.sha256(file.content).hexdigest()[:32])
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
