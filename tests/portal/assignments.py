"""Setting an assignment, and handing something in."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from modules.academics.models import Subject
from modules.assessments.models import Assignment

PDF = b"%PDF-1.4\nAn essay.\n"


def assignment_of(subject: Subject, title: str = "Herbarium", *, days: int = 7) -> Assignment:
    return Assignment.objects.create(subject_id=subject.pk, title=title, due_at=timezone.now() + timedelta(days=days))


def file_of(content: bytes = PDF, name: str = "essay.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def hand_in(client: Client, assignment: Assignment, file: SimpleUploadedFile | None = None) -> Any:
    body = {"submission_file": file or file_of()}
    return client.post(f"/student/assignment/{assignment.pk}/submit/", body)
