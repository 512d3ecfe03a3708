"""The strategy request: the form on which a social worker asks for a discussion."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.living import living
from cases.models import Case, Child
from protocols.models import LocalProtocol
from referrals.enums import Consent, ParentsInformed
from referrals.models import Referral
from strategy.enums import Format, Status
from strategy.querysets import RequestQuerySet


class StrategyRequest(models.Model):
    """One ask for one discussion. `status` moves only through services, by `workflow.py`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="requests")
    children = models.ManyToManyField(Child, related_name="requests", blank=True)
    protocol = models.ForeignKey(LocalProtocol, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    carried_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_requests",
        help_text="Whose turn it is in the requester's place, once it was handed over",
    )
    direct_number = models.CharField(max_length=40, blank=True)
    threshold_reason = models.TextField(blank=True, help_text="Why significant harm is suspected")
    harm_summary = models.TextField(blank=True)
    previous_involvement = models.TextField(blank=True)
    other_areas = models.TextField(blank=True, help_text="Previous addresses and other authorities")
    parents_informed = models.CharField(max_length=20, choices=ParentsInformed.choices, blank=True)
    parents_reason = models.CharField(max_length=300, blank=True)
    consent = models.CharField(max_length=20, choices=Consent.choices, blank=True, db_default="")
    consent_note = models.CharField(
        max_length=300, blank=True, db_default="", help_text="Who agreed and when, or why not"
    )
    format_wanted = models.CharField(max_length=30, choices=Format.choices, blank=True)
    is_urgent = models.BooleanField(default=False)
    urgent_reason = models.CharField(max_length=300, blank=True)
    availability = models.TextField(blank=True, help_text="When the requester and others can meet")
    hospital_setting = models.CharField(max_length=120, blank=True)
    agencies_plan = models.BooleanField(
        null=True, blank=True, help_text="More than one agency is a key part of the planning (row H07)"
    )
    new_information = models.TextField(
        blank=True, help_text="What affects the current plan, for a further discussion (row H09)"
    )
    finished_sections = models.JSONField(default=list, blank=True)
    section_saves = models.JSONField(
        default=dict, blank=True, help_text="Section to [how often it was saved, by which printed form last]"
    )
    not_applicable = models.JSONField(
        default=dict, blank=True, help_text="What the procedure asks and does not apply here, to the reason"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(
        null=True, blank=True, help_text="The first submission; it never moves"
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN, Status.NOT_NEEDED])
                | Q(submitted_at__isnull=False),
                name="request_past_draft_was_submitted",
            )
        ]
        triggers = [
            living(
                "carried_by",
                name="carrier_is_living",
                condition=~pgtrigger.Q(new__status__in=[Status.WITHDRAWN, Status.NOT_NEEDED, Status.HELD]),
            )
        ]

    def __str__(self) -> str:
        return f"Strategy request {self.pk} ({self.case})"

    def get_absolute_url(self) -> str:
        """The request's own page."""
        return reverse("strategy:request", args=[self.pk])

    @property
    def asked_by_ids(self) -> list[int]:
        """Everybody whose own ask this is: none of them ever authorises it (P11)."""
        return [pk for pk in (self.requester_id, self.on_behalf_of_id, self.carried_by_id) if pk]

    @property
    def carrier(self) -> Any:
        """Whose turn it is where it is the requester's: they, or whoever took it over from them."""
        return self.carried_by or self.requester

    @property
    def subject(self) -> str:
        """The text by which clocks, letters and the ledger point at this request."""
        return f"request:{self.pk}"

    @property
    def is_open_to_change(self) -> bool:
        """Whether the requester may still write in it."""
        return self.status in (Status.DRAFT, Status.RETURNED)

    def version_of(self, section: str) -> int:
        """How often a section was saved: two people in two sections don't disturb each other."""
        return int(self.section_saves.get(section, [0])[0])

    def form_of(self, section: str) -> str:
        """The printed form from which a section was last saved."""
        return str((self.section_saves.get(section) or [0, ""])[1])
