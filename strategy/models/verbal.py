"""A manager's word: written down by whoever heard it, then countersigned, or denied (row W17)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from strategy.models.requests import StrategyRequest
from strategy.models.stages import Stage


class VerbalAuthorisation(Stage):
    """What a manager said by word of mouth, with who wrote it down (`by`) and when it was said (`at`).

    It stays on record whatever the manager answers. While it is not denied it stands for their authorisation;
    denied, another manager may have to decide on what went ahead: then who did, when and why stands here too.
    """

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="words_given")
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(help_text="What the manager said")
    was_given = models.BooleanField(null=True, blank=True, help_text="The manager's answer; none yet")
    reason = models.TextField(blank=True, help_text="Why it was not given")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_how = models.TextField(blank=True, help_text="What another manager decided, and why")

    class Meta(Stage.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="verbal_has_words"),
            models.CheckConstraint(condition=~Q(by=F("manager")), name="verbal_written_down_by_another"),
            models.CheckConstraint(
                condition=Q(was_given__isnull=True, answered_by__isnull=True, answered_at__isnull=True)
                | Q(was_given__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="verbal_answered_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(was_given__isnull=True) | Q(was_given=True) | ~Q(reason=""),
                name="verbal_denied_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True, settled_how="")
                | (
                    Q(was_given=False, settled_by__isnull=False, settled_at__isnull=False)
                    & ~Q(settled_how="")
                ),
                name="verbal_settled_has_who_when_and_how",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(was_given__isnull=True) | Q(was_given=True),
                name="verbal_one_that_stands",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manager} for {self.request}"

    @property
    def is_open(self) -> bool:
        """Whether the manager has not answered yet."""
        return self.was_given is None

    @property
    def is_denied(self) -> bool:
        """Whether the manager says that they did not give it."""
        return self.was_given is False
