"""The spine: every case-bound row hangs on a `Case`, and visibility is decided there."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from cases.enums import AccessPurpose, CaseStatus, ChildStatus, Sex
from cases.querysets import AccessQuerySet, CaseBoundQuerySet, CaseQuerySet, ChildQuerySet


class Case(models.Model):
    """A family's matter. Its reference carries no name, so that letters may quote it."""

    reference = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=10, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    restricted = models.BooleanField(default=False)
    known_before = models.BooleanField(
        default=False, help_text="The authority was already working with the family (routing, row B15)"
    )
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="cases")
    allocated_worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocated_cases",
    )
    worker_safety = models.TextField(blank=True, help_text="What a visiting worker must know")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference


class Child(models.Model):
    """A child of the case; an unborn child has an expected date instead of a date of birth."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="children")
    given_names = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120)
    also_known_as = models.CharField(max_length=120, blank=True)
    is_unborn = models.BooleanField(default=False)
    date_of_birth = models.DateField(null=True, blank=True)
    expected_date = models.DateField(null=True, blank=True, help_text="Expected date of delivery")
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    ethnicity = models.CharField(max_length=4, blank=True)
    language = models.CharField(max_length=60, blank=True)
    interpreter_needed = models.BooleanField(default=False)
    disability = models.CharField(max_length=200, blank=True)
    nhs_number = models.CharField(max_length=10, blank=True)
    local_identifier = models.CharField(
        max_length=20, blank=True, help_text="The authority's own child number"
    )
    address = models.TextField(blank=True)
    address_confidential = models.BooleanField(default=False)
    school = models.CharField(max_length=120, blank=True)
    gp = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=20, choices=ChildStatus.choices, default=ChildStatus.NOT_KNOWN)
    home_authority = models.CharField(max_length=120, blank=True, help_text="If not this authority")

    objects = ChildQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "children"
        ordering = [F("date_of_birth").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_unborn=True, date_of_birth__isnull=True, expected_date__isnull=False)
                | Q(is_unborn=False, expected_date__isnull=True),
                name="child_unborn_has_expected_date",
            ),
        ]
        indexes = [
            GinIndex(fields=["family_name"], opclasses=["gin_trgm_ops"], name="child_family_name_like"),
            GinIndex(fields=["given_names"], opclasses=["gin_trgm_ops"], name="child_given_names_like"),
            models.Index(fields=["date_of_birth"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The child's name as it is spoken; an unborn child is named after the family."""
        if self.is_unborn and not self.given_names:
            return f"Unborn baby {self.family_name}"
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        """First letters only, for those who may know that there is a child but not who."""
        return "".join(word[0].upper() for word in self.name.split() if word)

    def age_on(self, day: date) -> int | None:
        """Return the age in whole years on a day, or None when unborn or unknown."""
        born = self.date_of_birth
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class FamilyMember(models.Model):
    """Somebody of the family or household who matters to the child's safety."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="family")
    name = models.CharField(max_length=120)
    date_of_birth = models.DateField(null=True, blank=True)
    relationship = models.CharField(max_length=80, help_text="To the children: mother, stepfather, uncle")
    has_parental_responsibility = models.BooleanField(default=False)
    in_household = models.BooleanField(default=True)
    is_alleged_person = models.BooleanField(
        default=False, help_text="The person who may have caused the harm"
    )
    position_of_trust = models.CharField(max_length=120, blank=True)
    address = models.TextField(blank=True)
    address_confidential = models.BooleanField(default=False)
    phone = models.CharField(max_length=40, blank=True)

    objects = CaseBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.relationship})"


class Access(models.Model):
    """Why a person or a team may see a case, from when and until when. Granted by services only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="access")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="case_access"
    )
    team = models.ForeignKey(
        "accounts.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="case_access"
    )
    purpose = models.CharField(max_length=20, choices=AccessPurpose.choices)
    why = models.CharField(max_length=300)
    starts_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "access"
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, team__isnull=True) | Q(user__isnull=True, team__isnull=False),
                name="access_of_a_person_or_a_team",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("starts_at")), name="access_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["user", "case"]), models.Index(fields=["team", "case"])]

    def __str__(self) -> str:
        return f"{self.user or self.team}: {self.case} ({self.get_purpose_display()})"
