"""A partner's way in without an account: a link whose token we never keep, and a one-time code."""

from django.conf import settings
from django.db import models

from attendees.enums import LinkPurpose
from attendees.models.professionals import Professional
from attendees.querysets import DiscussionBoundQuerySet, LinkBoundQuerySet, LinkQuerySet
from cases.models import Case
from referrals.models import Referral
from strategy.models import Discussion


class PartnerLink(models.Model):
    """256 bits of which only the hash is stored; bound to a person, and to a discussion or a referral.

    One link of a person to either is in force at a time, so that revoking it shuts them out at once.
    """

    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="links")
    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, null=True, blank=True, related_name="links"
    )
    referral = models.ForeignKey(
        Referral,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="links",
        help_text="What its person referred, for a link to where that stands (row H15)",
    )
    purpose = models.CharField(max_length=20, choices=LinkPurpose.choices, default=LinkPurpose.DISCUSSION)
    nonce = models.CharField(
        max_length=64, help_text="With the service's key it gives the token; alone it opens nothing"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["professional", "discussion", "purpose"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_partner_link_in_force",
            ),
            models.UniqueConstraint(
                fields=["professional", "referral"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_referrer_link_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose=LinkPurpose.DISCUSSION, discussion__isnull=False, referral=None)
                | models.Q(purpose=LinkPurpose.REFERRAL, referral__isnull=False, discussion=None),
                name="partner_link_opens_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"Link of {self.professional}"

    @property
    def case(self) -> Case:
        """Whose family's matter it leads to."""
        thing = self.discussion or self.referral
        assert thing is not None
        return thing.case


class Admission(models.Model):
    """The way in of somebody who was never asked to a discussion, to what they are to do of it and no more.

    It is no invitation: they are not on its lists, sign nothing and are sent nothing of the record.
    """

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="admissions")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="admissions")
    why = models.CharField(max_length=120)
    by_ref = models.CharField(max_length=60)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DiscussionBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["discussion", "professional"],
                condition=models.Q(ended_at__isnull=True),
                name="one_admission_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.professional} at {self.discussion}"


class PartnerCode(models.Model):
    """A six-digit code bound to the browser that asked for it: ten minutes, five tries."""

    link = models.ForeignKey(PartnerLink, on_delete=models.PROTECT, related_name="codes")
    nonce = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = LinkBoundQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"Code for {self.link}"
