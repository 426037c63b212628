"""Staff and students, under the legacy's field names; what the contract knows of them besides is optional."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.base import Upload
from contracts.users import PHOTO_MAX_BYTES
from portal.forms.fields import row_id

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Choices = list[tuple[int, str]]
Section = tuple[str | Promise, list[forms.BoundField]]

LEGACY_LONGEST = 50
"""What the legacy allows in a student's form."""

GENDERS = (("Male", gettext_lazy("Male")), ("Female", gettext_lazy("Female")))
CHOOSE = ("", gettext_lazy("Choose…"))
PHOTO_TYPES = "image/jpeg,image/png,image/webp,image/gif"

ACCOUNT = gettext_lazy("Account")
PERSON = gettext_lazy("Person")
PLACE = gettext_lazy("Course and session year")
MORE = gettext_lazy("More about the person")


PASSWORD_RULES = gettext_lazy(
    "At least 8 characters, not digits only, no common password, and not like the name, username or e-mail."
)


def password_field(label: "_StrPromise", *, new: bool = True, required: bool = True) -> forms.CharField:
    """A password as it was typed, spaces included. What a new one must be like, the service decides."""
    autocomplete = "new-password" if new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, strip=False, required=required, help_text=PASSWORD_RULES if new else "", widget=widget
    )


def _text(label: "_StrPromise", *, required: bool = False, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, widget=forms.TextInput(attrs={"autocomplete": "off"} | attrs)
    )


class PersonForm(forms.Form):
    """The parts below make up the forms; `SECTIONS` is the order in which a page shows the fields."""

    NAMES: ClassVar[dict[str, str]] = {"photo": "profile_pic"}
    """The contract's names → these."""
    SECTIONS: ClassVar[tuple[tuple[str | Promise, tuple[str, ...]], ...]] = ()
    ALWAYS_SENT: ClassVar[tuple[str, ...]] = ()
    """Fields that may be blank; a form without them is none of ours, and nothing of it is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for _title, names in self.SECTIONS for name in names])

    def clean(self) -> dict[str, Any]:
        for name in self.ALWAYS_SENT:
            if name in self.fields and self.add_prefix(name) not in self.data:
                self.add_error(name, forms.Field.default_error_messages["required"])
        return self.cleaned_data

    def sections(self) -> Iterator[Section]:
        for title, names in self.SECTIONS:
            found = [self[name] for name in names if name in self.fields]
            if found:
                yield title, found

    def values(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What was sent of the wanted fields: the legacy's forms know few of them, and clear none of the others."""
        return {
            name: self.cleaned_data[name]
            for name in wanted
            if name in self.fields and self.add_prefix(name) in self.data
        }


class NewAccountPart(PersonForm):
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    username = _text(gettext_lazy("Username"), required=True, autocapitalize="none", spellcheck="false")
    password = password_field(gettext_lazy("Password"))
    first_name = _text(gettext_lazy("First name"), required=True)
    last_name = _text(gettext_lazy("Last name"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "off"


class ChangedAccountPart(PersonForm):
    """Of an account that exists: what is in it already may stay, be it blank or no e-mail by today's rules."""

    email = _text(gettext_lazy("E-mail"), required=True, inputmode="email", autocapitalize="none", spellcheck="false")
    username = _text(gettext_lazy("Username"), required=True, autocapitalize="none", spellcheck="false")
    first_name = _text(gettext_lazy("First name"), required=True)
    last_name = _text(gettext_lazy("Last name"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "username", "first_name", "last_name"):
            if self.initial.get(name) == "":
                self.fields[name].required = False


class StaffPart(PersonForm):
    address = forms.CharField(
        label=gettext_lazy("Address"), required=False, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )
    employee_number = _text(gettext_lazy("Employee number"))
    department = _text(gettext_lazy("Department"))
    designation = _text(gettext_lazy("Designation"))
    phone = _text(gettext_lazy("Phone"), inputmode="tel")
    joining_date = forms.DateField(label=gettext_lazy("Joined the school on"), required=False)

    ALWAYS_SENT = ("address",)


STAFF_MORE = (MORE, ("employee_number", "department", "designation", "phone", "joining_date"))


class StudentPart(PersonForm):
    """`courses` and `years` are the choices of this moment."""

    gender = forms.ChoiceField(label=gettext_lazy("Gender"), choices=(CHOOSE, *GENDERS))
    address = _text(gettext_lazy("Address"), required=True)
    profile_pic = forms.FileField(
        label=gettext_lazy("Picture"), required=False, widget=forms.FileInput(attrs={"accept": PHOTO_TYPES})
    )
    course_id = forms.TypedChoiceField(label=gettext_lazy("Course"), coerce=int)
    session_year_id = forms.TypedChoiceField(label=gettext_lazy("Session year"), coerce=int)
    student_number = _text(gettext_lazy("Student number"))
    birth_date = forms.DateField(label=gettext_lazy("Date of birth"), required=False)
    phone = _text(gettext_lazy("Phone"), inputmode="tel")
    guardian_name = _text(gettext_lazy("Guardian"))
    guardian_phone = _text(gettext_lazy("Guardian's phone"), inputmode="tel")

    def __init__(self, *args: Any, courses: Choices, years: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("course_id", [CHOOSE, *courses])
        self._offer("session_year_id", [CHOOSE, *years])
        self.fields["profile_pic"].help_text = _("JPEG, PNG, WebP or GIF, at most %(size)d MiB.") % {
            "size": PHOTO_MAX_BYTES // 1024**2
        }

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_profile_pic(self) -> "UploadedFile[bytes] | None":
        """Refused before any of it is read into memory."""
        file: UploadedFile[bytes] | None = self.cleaned_data["profile_pic"]
        if file and (file.size or 0) > PHOTO_MAX_BYTES:
            size = PHOTO_MAX_BYTES // 1024**2
            raise ValidationError(_("The picture is larger than %(size)s MiB.") % {"size": size}, code="size")
        return file

    def photo(self) -> Upload | None:
        """The picture of a form that is valid."""
        file: UploadedFile[bytes] | None = self.cleaned_data["profile_pic"]
        return Upload(name=file.name or "", content=file.read()) if file else None

    def ask_for_picture_again(self) -> None:
        """Browsers do not send a file a second time by themselves."""
        if self.add_prefix("profile_pic") in self.files and not self.has_error("profile_pic"):
            self.add_error("profile_pic", _("Choose the picture once more; the rest is kept."))


STUDENT_PERSON = ("gender", "address", "profile_pic")
STUDENT_PLACE = (PLACE, ("course_id", "session_year_id"))
STUDENT_MORE = (MORE, ("student_number", "birth_date", "phone", "guardian_name", "guardian_phone"))


class AddStaffForm(NewAccountPart, StaffPart):
    SECTIONS = (
        (ACCOUNT, ("email", "username", "password")),
        (PERSON, ("first_name", "last_name", "address")),
        STAFF_MORE,
    )


class EditStaffForm(ChangedAccountPart, StaffPart):
    staff_id = row_id()

    SECTIONS = ((ACCOUNT, ("email", "username")), (PERSON, ("first_name", "last_name", "address")), STAFF_MORE)


class CompleteStaffForm(StaffPart):
    user_id = row_id()

    SECTIONS = ((PERSON, ("address",)), STAFF_MORE)


class AddStudentForm(NewAccountPart, StudentPart):
    started_on = forms.DateField(
        label=gettext_lazy("Attends since"),
        required=False,
        help_text=gettext_lazy("Leave it empty for a student who begins today."),
    )

    SECTIONS = (
        (ACCOUNT, ("email", "username", "password")),
        (PERSON, ("first_name", "last_name", *STUDENT_PERSON)),
        (PLACE, (*STUDENT_PLACE[1], "started_on")),
        STUDENT_MORE,
    )
    ACCOUNT_LONGEST = ("email", "username", "first_name", "last_name")

    def clean(self) -> dict[str, Any]:
        """The legacy's limit, which holds for new students only."""
        data = super().clean()
        for name in self.ACCOUNT_LONGEST:
            length = len(data.get(name, ""))
            if length > LEGACY_LONGEST:
                text = _("Ensure this value has at most %(limit)d characters (it has %(length)d).")
                self.add_error(name, text % {"limit": LEGACY_LONGEST, "length": length})
        return data


class EditStudentForm(ChangedAccountPart, StudentPart):
    """Gender and address may stay blank where old data has none."""

    student_id = row_id()

    SECTIONS = (
        (ACCOUNT, ("email", "username")),
        (PERSON, ("first_name", "last_name", *STUDENT_PERSON)),
        STUDENT_PLACE,
        STUDENT_MORE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gender = self.initial.get("gender", "")
        known = {value for value, _label in GENDERS}
        self._offer("gender", [CHOOSE, *GENDERS, *([(gender, gender)] if gender and gender not in known else [])])
        for name in ("gender", "address"):
            if not self.initial.get(name):
                self.fields[name].required = False


class CompleteStudentForm(StudentPart):
    user_id = row_id()

    SECTIONS = ((PERSON, STUDENT_PERSON), STUDENT_PLACE, STUDENT_MORE)


# --- passwords and one's own account ----------------------------------------------------------------------------------


class ResetPasswordForm(forms.Form):
    user_id = row_id()
    new_password = password_field(gettext_lazy("New password"))


class OwnProfileForm(PersonForm):
    """Only accounts that have a profile of the kind have `address` and `phone`."""

    username = forms.CharField(label=gettext_lazy("Username"), disabled=True, required=False)
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        disabled=True,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    first_name = forms.CharField(
        label=gettext_lazy("First name"), widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"), widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    password = password_field(gettext_lazy("New password"), required=False)

    ALWAYS_SENT = ("address",)

    def __init__(self, *args: Any, without: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in without:
            del self.fields[name]
        for name in ("first_name", "last_name"):
            if self.initial.get(name) == "":
                self.fields[name].required = False
        self.fields["password"].help_text = f"{_('Leave empty to keep the present one.')} {PASSWORD_RULES}"


class OwnPasswordForm(forms.Form):
    old_password = password_field(gettext_lazy("Present password"), new=False)
    new_password = password_field(gettext_lazy("New password"))
    confirm_password = password_field(gettext_lazy("New password, once more"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm_password"].help_text = ""
