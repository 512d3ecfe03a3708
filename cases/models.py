"""The spine: every case-bound row hangs on a `Case`, and visibility is decided there."""

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q

from accounts.living import living
from cases.enums import AccessPurpose, CaseStatus, ChildStatus, Disability, Ethnicity, Sex
from cases.querysets import (
    AccessQuerySet,
    CaseQuerySet,
    ChildManager,
    ChildQuerySet,
    FamilyManager,
    FamilyQuerySet,
    TieQuerySet,
)


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
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_cases"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(status=CaseStatus.CLOSED),
                name="case_merged_is_closed",
            ),
        ]
        triggers = [
            living(
                "allocated_worker",
                name="worker_is_living",
                condition=pgtrigger.Q(new__status=CaseStatus.OPEN),
            )
        ]

    def __str__(self) -> str:
        return self.reference


def _of_names(function: str, *names: str, field: "models.Field[Any, Any]") -> Any:
    """A column that the database itself keeps of these names (migration 0003 has the functions)."""
    return models.GeneratedField(
        expression=Func(*(F(name) for name in names), function=function), output_field=field, db_persist=True
    )


def _words() -> "models.Field[Any, Any]":
    return ArrayField(models.TextField())


NAMES = ("given_names", "family_name", "also_known_as")


def _indexes(what: str) -> list[models.Index]:
    """How somebody is found: by words, by sound, by spelling, by address."""
    return [
        GinIndex(fields=["words"], name=f"{what}_by_word"),
        GinIndex(fields=["sounds"], name=f"{what}_by_sound"),
        GinIndex(fields=["names"], opclasses=["gin_trgm_ops"], name=f"{what}_by_spelling"),
        GinIndex(fields=["place"], opclasses=["gin_trgm_ops"], name=f"{what}_by_address"),
        models.Index(
            OpClass("postcode_key", "text_pattern_ops"),
            name=f"{what}_by_postcode",
            condition=~Q(postcode=""),
        ),
    ]


class Removable(models.Model):
    """Somebody who can be taken off the family: the row stays, with who, when and why, and pages lose it."""

    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removed_why="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removed_why="")),
                name="%(class)s_removed_has_who_when_and_why",
            )
        ]


class Child(Removable):
    """A child of the case; an unborn child has an expected date instead of a date of birth.

    `objects` are those of the family now; `everyone` also those taken off it or merged into another record.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="children")
    given_names = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120)
    also_known_as = models.CharField(max_length=120, blank=True)
    is_unborn = models.BooleanField(default=False)
    date_of_birth = models.DateField(null=True, blank=True)
    expected_date = models.DateField(null=True, blank=True, help_text="Expected date of delivery")
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    ethnicity = models.CharField(max_length=4, blank=True, choices=Ethnicity.choices)
    language = models.CharField(max_length=60, blank=True)
    interpreter_needed = models.BooleanField(default=False)
    disabilities = ArrayField(
        models.CharField(max_length=4, choices=Disability.choices), default=list, blank=True
    )
    disability = models.CharField(
        max_length=200, blank=True, help_text="In words, and how the child communicates"
    )
    nhs_number = models.CharField(max_length=10, blank=True)
    upn = models.CharField(max_length=13, blank=True, help_text="Unique pupil number")
    local_identifier = models.CharField(
        max_length=20, blank=True, help_text="The authority's own child number"
    )
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    address_confidential = models.BooleanField(default=False)
    previous_addresses = models.TextField(
        blank=True, help_text="One a line, with the authority where it was another one (row G07)"
    )
    school = models.CharField(max_length=120, blank=True)
    gp = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=20, choices=ChildStatus.choices, default=ChildStatus.NOT_KNOWN)
    placing_authority = models.CharField(max_length=120, blank=True, help_text="Who placed the child here")
    home_authority = models.CharField(max_length=120, blank=True, help_text="If not this authority")
    host_authority = models.CharField(
        max_length=120,
        blank=True,
        db_default="",
        help_text="In whose area the child lives, if not in this one",
    )
    birth_told_at = models.DateTimeField(
        null=True, blank=True, help_text="When a child recorded unborn became known to be born"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_children"
    )
    names = _of_names("cases_names", *NAMES, field=models.TextField())
    words = _of_names("cases_words", *NAMES, field=_words())
    sounds = _of_names("cases_sounds", *NAMES, field=_words())
    place = _of_names("cases_names", "address", "postcode", field=models.TextField())
    postcode_key = _of_names("cases_key", "postcode", field=models.TextField())

    objects = ChildManager()
    everyone = ChildQuerySet.as_manager()

    class Meta(Removable.Meta):
        verbose_name_plural = "children"
        ordering = [F("date_of_birth").asc(nulls_last=True), "pk"]
        constraints = [
            *Removable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(is_unborn=True, date_of_birth__isnull=True, expected_date__isnull=False)
                | Q(is_unborn=False, expected_date__isnull=True),
                name="child_unborn_has_expected_date",
            ),
        ]
        indexes = [
            *_indexes("child"),
            models.Index(fields=["date_of_birth"]),
            models.Index(fields=["nhs_number"], name="child_by_nhs_number", condition=~Q(nhs_number="")),
            models.Index(fields=["upn"], name="child_by_upn", condition=~Q(upn="")),
            models.Index(
                Func(F("local_identifier"), function="cases_key"),
                name="child_by_identifier",
                condition=~Q(local_identifier=""),
            ),
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

    @property
    def authorities(self) -> list[str]:
        """Which other authorities the child is of, was placed by and lives in the area of, in words."""
        told = (
            ("Home authority: {}", self.home_authority),
            ("Placed by {}", self.placing_authority),
            ("Lives in the area of {}", self.host_authority),
        )
        return [words.format(name) for words, name in told if name]

    def age_on(self, day: date) -> int | None:
        """Return the age in whole years on a day, or None when unborn or unknown."""
        born = self.date_of_birth
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class FamilyMember(Removable):
    """Somebody of the family or household who matters to the child's safety."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="family")
    name = models.CharField(max_length=120)
    date_of_birth = models.DateField(null=True, blank=True)
    age = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="In years, when the date is not known"
    )
    relationship = models.CharField(max_length=80, help_text="To the children: mother, stepfather, uncle")
    has_parental_responsibility = models.BooleanField(
        default=False, help_text="For one child at least; `ties` say for whom"
    )
    in_household = models.BooleanField(default=True)
    is_alleged_person = models.BooleanField(
        default=False, help_text="The person who may have caused the harm"
    )
    position_of_trust = models.CharField(max_length=120, blank=True)
    interpreter_needed = models.BooleanField(default=False)
    language = models.CharField(max_length=60, blank=True)
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    address_confidential = models.BooleanField(default=False)
    phone = models.CharField(max_length=40, blank=True)
    names = _of_names("cases_names", "name", field=models.TextField())
    words = _of_names("cases_words", "name", field=_words())
    sounds = _of_names("cases_sounds", "name", field=_words())
    place = _of_names("cases_names", "address", "postcode", field=models.TextField())
    postcode_key = _of_names("cases_key", "postcode", field=models.TextField())
    phone_key = _of_names("cases_phone", "phone", field=models.TextField())

    objects = FamilyManager()
    everyone = FamilyQuerySet.as_manager()

    class Meta(Removable.Meta):
        ordering = ["pk"]
        constraints = [*Removable.Meta.constraints]
        indexes = [
            *_indexes("member"),
            models.Index(fields=["phone_key"], name="member_by_phone", condition=~Q(phone="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.relationship})"


class Tie(models.Model):
    """Who somebody of the family is to one child, and whether they have parental responsibility for it."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="ties")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="ties")
    relationship = models.CharField(max_length=80)
    has_parental_responsibility = models.BooleanField(default=False)

    objects = TieQuerySet.as_manager()

    class Meta:
        ordering = ["child", "pk"]
        constraints = [models.UniqueConstraint(fields=["child", "member"], name="tie_once")]

    def __str__(self) -> str:
        return f"{self.member.name}: {self.relationship} of {self.child}"


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
