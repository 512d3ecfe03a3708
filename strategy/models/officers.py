"""Who of business support is on today (row W16: the nominated officer)."""

from django.conf import settings
from django.db import models


class OfficerOfTheDay(models.Model):
    """One person of a business support team for one day, named by a manager."""

    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="officers")
    day = models.DateField()
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="officer_days"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "officers of the day"
        ordering = ["day", "team"]
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="one_officer_of_the_day")]

    def __str__(self) -> str:
        return f"{self.officer}, {self.team}, {self.day}"
