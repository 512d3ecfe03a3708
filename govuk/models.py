"""What was sent: so that a form sent twice acts once."""

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
