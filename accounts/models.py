"""Who people are: users, their agencies and teams, and who acts for whom."""

from datetime import datetime

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Concat, Lower, Now

from accounts.enums import AgencyKind, TeamKind
from accounts.living import living
from accounts.managers import UserManager
from accounts.roles import PARTNERS, Permission, permissions_of, titles_of


class Agency(models.Model):
    """A body that takes part: the authority itself, a police force, a health trust, a school."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=30, choices=AgencyKind.choices)
    mailbox = models.EmailField(blank=True, help_text="Where requests to the agency itself are sent")
    phone = models.CharField(max_length=40, blank=True)
    secure_domains = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        help_text="Domains to which minutes may be attached (allow-list; a suffix alone is no proof)",
    )
    is_authority = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        constraints = [
            # One installation serves one authority.
            models.UniqueConstraint(
                fields=["is_authority"], condition=Q(is_authority=True), name="one_authority"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A team inside an agency; replies to letters reach its own mailbox."""

    name = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="teams")
    kind = models.CharField(max_length=30, choices=TeamKind.choices, default=TeamKind.SOCIAL_WORK)
    area = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="Which part of the authority it works in: area business support serves its own (B15)",
    )
    mailbox = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    manager = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="managed_teams"
    )

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="team_once_in_agency")]
        triggers = [living("manager", name="manager_is_living", condition=pgtrigger.Q())]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What they may do comes from `roles`, never from Django's groups."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True, help_text="Direct number")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    teams = models.ManyToManyField(Team, blank=True, related_name="members")
    roles = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """Return the person's name as the ledger and letters show it."""
        return self.name

    def may(self, permission: Permission) -> bool:
        """Say whether one of this active person's roles holds the power."""
        return self.is_active and permission in permissions_of(self.roles)

    def has_role(self, *names: str) -> bool:
        """Say whether this person has one of the named roles."""
        return bool(set(names) & set(self.roles))

    @property
    def is_partner(self) -> bool:
        """Whether this person is of another agency and finds the partners' pages, not the authority's."""
        return bool(self.roles) and PARTNERS.issuperset(self.roles)

    @property
    def role_titles(self) -> str:
        """The person's roles in words."""
        return titles_of(self.roles)

    @property
    def keeps_system(self) -> bool:
        """Whether the pages of the system are this person's to keep."""
        return self.may(Permission.ADMINISTER)

    @property
    def is_staff(self) -> bool:
        """Django's admin site is not used; nobody is staff of it."""
        return False


class ActingForQuerySet(models.QuerySet["ActingFor"]):
    """Who stands in for whom."""

    def current(self, at: datetime | Now) -> "ActingForQuerySet":
        """Those in force at the moment."""
        return self.standing(at).filter(starts_at__lte=at)

    def standing(self, at: datetime | Now) -> "ActingForQuerySet":
        """Those in force or still to come: neither past their end nor ended early."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), ends_at__gt=at)

    def about(self, user: User) -> "ActingForQuerySet":
        """Those in which this person is the deputy or the one who is away."""
        return self.filter(Q(deputy=user) | Q(absent=user)).select_related("deputy", "absent")

    def of(self, deputy: "User | int") -> "ActingForQuerySet":
        """Those in which this person stands in; nobody stands in for a closed account."""
        return self.filter(deputy=deputy, absent__is_active=True)

    def names(self, deputy: str, at: str) -> models.Subquery:
        """For whom a row's `deputy` stood in at its moment `at`, by name; None for nobody.

        Both name fields of the row: an account, or the ledger's text reference to one (`by_ref`).
        """
        stands = Concat(models.Value("user:"), Cast("deputy_id", models.CharField()))
        found = self.annotate(who=stands if deputy == "by_ref" else F("deputy_id")).order_by()
        found = found.filter(who=models.OuterRef(deputy), starts_at__lte=models.OuterRef(at))
        found = found.filter(Q(ended_at=None) | Q(ended_at__gt=models.OuterRef(at)))
        found = found.filter(ends_at__gt=models.OuterRef(at))
        told = found.values("who").annotate(names=StringAgg("absent__name", " and ", order_by="pk"))
        return models.Subquery(told.values("names"))


class ActingFor(models.Model):
    """A deputy holds another person's role until it expires; who acted stays on the record."""

    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acting_for")
    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputies")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    arranged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Who named them"
    )
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Ended early")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ActingForQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "acting for"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="acting_for_ended_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="acting_for_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(deputy=F("absent")), name="acting_for_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.absent}"
