"""Fields of this system that the legacy does not know, and that a column of a school's own may fill.

Only an operator knows that a column means one of them: see `reading.operator`.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import models

from migrations_legacy.convert import day, text, tidy_or_blank
from migrations_legacy.errors import Unplaceable
from migrations_legacy.fields import AnyField
from migrations_legacy.mapping import Convert
from migrations_legacy.reading.names import plain


def day_or_none(value: object) -> object:
    """A date; None for a text without content."""
    return None if isinstance(value, str) and not value.strip() else day(value)


def line(value: object) -> str:
    """A text without blanks around it; bytes are none."""
    if isinstance(value, bytes):
        raise Unplaceable("bad_text", "bytes are no text")
    return tidy_or_blank(text(value))


@dataclass(frozen=True)
class Offer:
    """One field. Its rows are those that a table of the legacy becomes."""

    table: str
    """The legacy's table."""
    target: str
    field: str
    convert: Convert = line
    words: str = ""
    """What schools call it; see `names.plain`."""

    @property
    def name(self) -> str:
        """As the operator's map and the reports say it: `users.StudentProfile.birth_date`."""
        return f"{self.target}.{self.field}"

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.target)

    @property
    def model_field(self) -> AnyField:
        (found,) = (field for field in self.model._meta.concrete_fields if field.name == self.field)
        return found

    @property
    def kind(self) -> str:
        """What it holds, for people."""
        field = self.model_field
        return "a date" if isinstance(field, models.DateField) else f"text, at most {field.max_length} characters"

    def is_likely(self, column: str) -> bool:
        """Whether a column's name suggests this field."""
        return plain(column) in {plain(word) for word in (self.field, *self.words.split())}


_PHONE = "phone_number mobile mobile_number contact contact_number tel telephone cell"
_DEPARTMENT = "dept department_name faculty"

OFFERS = (
    Offer("adminhod", "users.HodProfile", "phone", words=_PHONE),
    Offer("adminhod", "users.HodProfile", "department", words=_DEPARTMENT),
    Offer("staffs", "users.StaffProfile", "phone", words=_PHONE),
    Offer("staffs", "users.StaffProfile", "employee_number", words="employee_id emp_id emp_no staff_number staff_code"),
    Offer("staffs", "users.StaffProfile", "department", words=_DEPARTMENT),
    Offer("staffs", "users.StaffProfile", "designation", words="position job_title rank"),
    Offer("staffs", "users.StaffProfile", "joining_date", day_or_none, "date_of_joining joined_on hire_date doj"),
    Offer("students", "users.StudentProfile", "phone", words=_PHONE),
    Offer(
        "students",
        "users.StudentProfile",
        "student_number",
        words="roll roll_number roll_no enrollment_number enrolment_number admission_number registration_number reg_no",
    ),
    Offer("students", "users.StudentProfile", "birth_date", day_or_none, "date_of_birth dob birthday birthdate"),
    Offer(
        "students", "users.StudentProfile", "guardian_name", words="guardian parent parent_name father_name mother_name"
    ),
    Offer(
        "students",
        "users.StudentProfile",
        "guardian_phone",
        words="guardian_contact parent_phone parent_contact father_phone emergency_contact",
    ),
)
BY_NAME = {offer.name: offer for offer in OFFERS}


def offers_for(table: str) -> tuple[Offer, ...]:
    """The fields that columns of this table of the legacy may fill."""
    return tuple(offer for offer in OFFERS if offer.table == table)
