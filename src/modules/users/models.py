"""Tables of users: accounts, one profile per person, and running totals."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as AuthUserManager
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.base import Actor, Role, utc_now
from contracts.users import SessionKind, UserCreated
from kernel import audit, context
from kernel.databases import atomic
from kernel.events import publish
from kernel.totals import RunningTotal
from modules.users.rules import INCOMPLETE, USER_TYPES, role_of


def _digest(password_hash: str) -> str:
    return sha256(password_hash.encode()).hexdigest()


class UserManager(AuthUserManager["User"]):
    use_in_migrations = False

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        """A head of department for whom the admin site is open; `manage.py createsuperuser` ends here."""
        with atomic("users"):
            user = super().create_superuser(username, email, password, user_type=USER_TYPES[Role.HOD], **extra_fields)
            profile = HodProfile.objects.create(user=user)
            UserTotal.add({Role.HOD.value: 1})
            system = Actor.system(request_id=context.request_id())
            audit.record(actor=system, action="users.created", target=f"User:{user.pk}", superuser=True)
            publish(UserCreated(user_id=user.pk, role=Role.HOD, profile_id=profile.pk, at=utc_now()))
        return user


class User(AbstractUser):
    """An account. Who could log in in the legacy can here: the e-mail is not unique, and old hashes stay valid."""

    id = models.BigAutoField(primary_key=True)
    user_type = models.CharField(_("user type"), max_length=10, default="", blank=True)
    """ "1" head of department, "2" staff, "3" student; other texts of the legacy are kept as they were."""
    half_made = models.BooleanField(default=False, editable=False)
    """Entered by an admission that is not finished. Seen by nobody, and unable to log in."""
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    """When the person was removed though something refers to them; such an account is inactive too."""
    sessions_before_renewal = models.JSONField(default=dict, editable=False)
    """What sessions hold that began before the password was hashed anew: digest of the present hash → session hashes.
    Named by the present hash, so that another password ends them, however it came here.
    """

    # Class attributes, since Django and its admin ask the class for them.
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes: ClassVar = [
            models.Index(fields=["email"], name="users_email"),
            models.Index(Lower("email"), name="users_email_any_case"),
            models.Index(Lower("username"), name="users_username_any_case"),
            models.Index(fields=["user_type", "-id"], name="users_newest_of_role"),
            models.Index(
                F("user_type"),
                Lower("first_name"),
                Lower("last_name"),
                F("id"),
                name="users_of_role_by_name",
                condition=Q(half_made=False, withdrawn_at=None),
            ),
        ]

    @property
    def role(self) -> Role:
        return role_of(self.user_type)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        yield from super().get_session_auth_fallback_hash()
        yield from self.sessions_before_renewal.get(_digest(self.password), ())

    def renew_hash(self, password_hash: str) -> bool:
        """Take another hash of the same password, with which all sessions go on. False when the password was changed
        meanwhile.
        """
        held = [self.get_session_auth_hash(), *self.get_session_auth_fallback_hash()]
        before = {_digest(password_hash): held}
        unchanged = User.objects.filter(pk=self.pk, password=self.password)
        if not unchanged.update(password=password_hash, sessions_before_renewal=before):
            return False
        self.password, self.sessions_before_renewal = password_hash, before
        return True


class Profile(models.Model):
    """What all profiles have in common. Ids and times of the legacy are kept."""

    id = models.BigAutoField(primary_key=True)
    phone = models.CharField(_("phone"), max_length=50, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    user_id: int

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class HodProfile(Profile):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="hod_profile")
    department = models.CharField(_("department"), max_length=150, default="", blank=True)

    class Meta:
        verbose_name = _("HOD profile")
        verbose_name_plural = _("HOD profiles")


class StaffProfile(Profile):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="staff_profile")
    address = models.TextField(_("address"), default="", blank=True)
    employee_number = models.CharField(_("employee number"), max_length=50, default="", blank=True)
    department = models.CharField(_("department"), max_length=150, default="", blank=True)
    designation = models.CharField(_("designation"), max_length=150, default="", blank=True)
    joining_date = models.DateField(_("joining date"), null=True, blank=True)

    class Meta:
        verbose_name = _("staff profile")
        verbose_name_plural = _("staff profiles")


class StudentProfile(Profile):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="student_profile")
    gender = models.TextField(_("gender"), default="", blank=True)
    address = models.TextField(_("address"), default="", blank=True)
    profile_pic = models.CharField(_("picture"), max_length=255, default="", blank=True)
    """Path below the media folder; empty when there is none."""
    student_number = models.CharField(_("student number"), max_length=50, default="", blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    guardian_name = models.CharField(_("guardian"), max_length=150, default="", blank=True)
    guardian_phone = models.CharField(_("guardian's phone"), max_length=50, default="", blank=True)
    half_made = models.BooleanField(default=False, editable=False)
    """Waits for its enrolment; until then the account counts as one without profile."""

    class Meta:
        verbose_name = _("student profile")
        verbose_name_plural = _("student profiles")


class EndReason(models.TextChoices):
    """Why a session ended before its time."""

    LOGOUT = "logout", _("logged out")
    REVOKED = "revoked", _("ended by a head of department")
    CHANGED = "password", _("password changed")
    CLOSED = "closed", _("account closed")
    REUSED = "reused", _("a refresh token was used twice")


class UserSession(models.Model):
    """One place where an account is logged in: a browser, or a program with tokens."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.CharField(max_length=64, unique=True)
    """Names the session to others, and opens nothing."""
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=4, choices=[(kind.value, kind.value) for kind in SessionKind])
    credential = models.CharField(max_length=128)
    """`credentials.session_hash` of the password with which it began."""
    address = models.CharField(_("address"), max_length=45, default="", blank=True)
    agent = models.CharField(_("program"), max_length=300, default="", blank=True)
    created_at = models.DateTimeField(_("since"))
    last_seen_at = models.DateTimeField(_("last seen"))
    expires_at = models.DateTimeField(_("ends at the latest"), db_index=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=8, choices=EndReason, default="", blank=True)

    user_id: int

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes: ClassVar = [models.Index(fields=["user", "-last_seen_at"], name="users_sessions_of_one")]

    def __str__(self) -> str:
        return str(self.pk)


class RefreshToken(models.Model):
    """A refresh token that was given out for a session; the token itself is known to its owner alone."""

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(UserSession, on_delete=models.CASCADE, related_name="refresh_tokens")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    session_id: int

    class Meta:
        verbose_name = _("refresh token")
        verbose_name_plural = _("refresh tokens")

    def __str__(self) -> str:
        return str(self.pk)


class SigningKey(models.Model):
    """A key that signs access tokens, or did."""

    id = models.BigAutoField(primary_key=True)
    kid = models.CharField(max_length=32, unique=True)
    public_key = models.JSONField()
    private_key = models.TextField()
    """Encrypted with a key made of SECRET_KEY."""
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    """When it stopped signing."""
    checks_until = models.DateTimeField(null=True, blank=True)
    """When the last token that it signed has expired; from then on it is not published."""

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")

    def __str__(self) -> str:
        return self.kid


class PasswordReset(models.Model):
    """Somebody said that the password of this e-mail is forgotten; deleted when its mail has been sent."""

    id = models.BigAutoField(primary_key=True)
    email = models.CharField(max_length=254)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("forgotten password")
        verbose_name_plural = _("forgotten passwords")

    def __str__(self) -> str:
        return str(self.pk)


class UserTotal(RunningTotal):
    """People who are neither half made nor withdrawn: "hod", "staff", "student" by role, and "incomplete"."""

    class Meta:
        verbose_name = _("total of people")
        verbose_name_plural = _("totals of people")

    @classmethod
    def recount(cls) -> dict[str, int]:
        by_type: dict[str, dict[str, Any]] = {
            row["user_type"]: dict(row)
            for row in User.objects.filter(half_made=False, withdrawn_at=None)
            .values("user_type")
            .annotate(
                accounts=Count("pk"),
                teachers=Count("staff_profile"),
                students=Count("student_profile", filter=Q(student_profile__half_made=False)),
            )
            .order_by()
        }

        def count(role: Role, what: str) -> int:
            return int(by_type.get(USER_TYPES[role], {}).get(what, 0))

        staff, students = count(Role.STAFF, "teachers"), count(Role.STUDENT, "students")
        return {
            Role.HOD.value: count(Role.HOD, "accounts"),
            Role.STAFF.value: staff,
            Role.STUDENT.value: students,
            INCOMPLETE: count(Role.STAFF, "accounts") + count(Role.STUDENT, "accounts") - staff - students,
        }


PROFILES: dict[Role, type[HodProfile] | type[StaffProfile] | type[StudentProfile]] = {
    Role.HOD: HodProfile,
    Role.STAFF: StaffProfile,
    Role.STUDENT: StudentProfile,
}
