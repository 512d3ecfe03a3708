"""Letters are rows before they are emails: what was to be sent, to whom, and proof of each try."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from outbox.enums import FAILED, Outcome, Policy, Status, Urgency
from outbox.querysets import LetterQuerySet


class Letter(models.Model):
    """One letter to one person. The database's own defaults let a sweep queue thousands in one statement."""

    kind = models.TextField(help_text="The folder of its templates, such as “invitation”")
    to_email = models.TextField(blank=True, help_text="Empty: deliver by hand")
    to_name = models.TextField(blank=True, db_default="")
    to_ref = models.TextField(blank=True, db_default="")
    reply_to = models.TextField(blank=True, db_default="")
    context = models.JSONField(default=dict, db_default={})
    case_ref = models.TextField(null=True, blank=True)
    subject_ref = models.TextField(blank=True, db_default="")
    by_ref = models.TextField(blank=True, db_default="")
    key = models.TextField(null=True, blank=True, unique=True, help_text="The same key is never queued twice")
    urgency = models.SmallIntegerField(
        choices=Urgency.choices, default=Urgency.NORMAL, db_default=Urgency.NORMAL
    )
    important_until = models.DateTimeField(
        null=True, blank=True, help_text="Tried until then, then a person decides"
    )
    policy = models.TextField(choices=Policy.choices, default=Policy.RESEND, db_default=Policy.RESEND)

    status = models.TextField(choices=Status.choices, default=Status.QUEUED, db_default=Status.QUEUED)
    reason = models.TextField(
        blank=True, db_default="", help_text="Why it stands where it stands, for a person"
    )
    queued_at = models.DateTimeField(db_default=Now())
    next_try_at = models.DateTimeField(db_default=Now())
    claim = models.UUIDField(null=True, blank=True, help_text="Which delivery holds it")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt_number = models.PositiveIntegerField(default=0, db_default=0)
    failures = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Five park the letter")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="Taken back while it was being sent")
    may_have_arrived_twice = models.BooleanField(default=False, db_default=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    owner_told = models.BooleanField(
        default=True, db_default=True, help_text="False: a hook is still to be run"
    )

    message_id = models.TextField(null=True, blank=True)
    rendered = models.BinaryField(null=True, blank=True, help_text="The message up to its attachments")
    rendered_sha256 = models.TextField(blank=True, db_default="", help_text="Of the whole message")

    enclosures: "models.ManyToManyField[Enclosure, LetterEnclosure]" = models.ManyToManyField(
        "Enclosure", through="LetterEnclosure"
    )

    # The whole message, when it was written by this process: not a field.
    in_hand: bytes = b""

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["urgency", "next_try_at", "id"],
                name="outbox_due",
                condition=models.Q(status__in=[Status.QUEUED, Status.DEFERRED]),
            ),
            # Not by the lease: a lease begun anew for the next letter should touch no index.
            models.Index(fields=["id"], name="outbox_claimed", condition=models.Q(status=Status.CLAIMED)),
            models.Index(
                fields=["-id"],
                name="outbox_attention",
                condition=models.Q(status__in=[*FAILED, Status.MAY_HAVE_ARRIVED]),
            ),
            models.Index(fields=["id"], name="outbox_untold", condition=models.Q(owner_told=False)),
            models.Index(fields=["case_ref", "-id"], name="outbox_by_case"),
            models.Index(fields=["subject_ref", "-id"], name="outbox_by_subject"),
            models.Index(fields=["to_ref", "-id"], name="outbox_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="outbox_message_id_once"),
            models.CheckConstraint(
                condition=~models.Q(status=Status.SENT) | models.Q(sent_at__isnull=False),
                name="outbox_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.CLAIMED)
                | models.Q(claim__isnull=False, lease_until__isnull=False),
                name="outbox_claim_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk} {self.kind} ({self.status})"

    @property
    def needs_person(self) -> bool:
        """Somebody must act: correct the address, deliver by hand, or send again."""
        return self.status in FAILED


class Enclosure(models.Model):
    """A file that goes with letters: kept once, however many people receive it.

    A trigger refuses any later change of what was sent; it goes only when its time is over, whole, and not
    while a letter or a version has it.
    """

    sha256 = models.TextField(unique=True)
    content = models.BinaryField()

    class Meta:
        triggers = [pgtrigger.Protect(name="enclosure_unchanged", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"enclosure {self.sha256[:12]}"


class LetterEnclosure(models.Model):
    """A file with one letter, under the name and type the reader sees."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="enclosed")
    enclosure = models.ForeignKey(Enclosure, on_delete=models.PROTECT)
    filename = models.TextField()
    content_type = models.TextField(help_text="Such as application/pdf or text/calendar; method=REQUEST")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.filename


class Attempt(models.Model):
    """Proof of one try: written and committed before the mail server is spoken to."""

    letter = models.ForeignKey(
        Letter,
        on_delete=models.CASCADE,
        related_name="attempts",
        db_index=False,
        help_text="Found by its number",
    )
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(choices=Outcome.choices, blank=True, db_default="")
    code = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The mail server's answer")
    detail = models.TextField(blank=True, db_default="")
    may_have_arrived_twice = models.BooleanField(
        default=False,
        db_default=False,
        help_text="An earlier try broke off, so that this one may be the second copy",
    )

    class Meta:
        ordering = ["letter_id", "number"]
        constraints = [models.UniqueConstraint(fields=["letter", "number"], name="outbox_one_try_a_number")]

    def __str__(self) -> str:
        return f"try {self.number} of letter {self.letter_id}: {self.outcome or 'under way'}"
