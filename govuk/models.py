"""What was sent, so that a form sent twice acts once; and what is typed and not yet sent."""

from django.conf import settings
from django.db import models


class Sent(models.Model):
    """One form that was acted upon; `person` is the signed-in person's number, or "-" without an account.

    The digest is of what was typed: the same key with other content is another act.
    """

    key = models.CharField(max_length=36)
    person = models.CharField(max_length=40)
    path = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    location = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sent"
        constraints = [models.UniqueConstraint(fields=["key", "person", "path", "digest"], name="sent_once")]
        indexes = [models.Index(fields=["at"], name="sent_at")]

    def __str__(self) -> str:
        return f"{self.path} at {self.at}"


class FormDraft(models.Model):
    """What somebody has typed into a form and not sent: given back to them alone, on any computer.

    Kept until the form succeeds, or for two days. `fields` has every value by its field's name; passwords,
    codes and files are never among them.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    fields = models.JSONField()
    version = models.IntegerField(null=True, help_text="Of what the form changes, as the person saw it")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "path"], name="draft_once")]
        indexes = [
            models.Index(fields=["at"], name="draft_at"),
            models.Index(fields=["path"], name="draft_path"),
        ]

    def __str__(self) -> str:
        return f"{self.path} of {self.person} at {self.at}"
