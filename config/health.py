"""Is Threshold well? The database answers, the sweep has run lately, letters are not piling up."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

SWEEP_WITHIN = timedelta(minutes=5)
WAITING_AT_MOST = timedelta(minutes=15)


@login_not_required
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503 with the part that is not; no names, no content."""
    now = timezone.now()
    try:
        parts = {"database": database(), "sweep": sweep(now), "letters": letters(now)}
    except DatabaseError:
        parts = {"database": {"well": False}}
    well = all(part["well"] for part in parts.values())
    return JsonResponse({"well": well, **parts}, status=200 if well else 503)


def database() -> dict[str, Any]:
    """One question to PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"well": True}


def sweep(now: datetime) -> dict[str, Any]:
    """When the sweep that is furthest behind last came to its end."""
    last = apps.get_model("deadlines", "SweepRun").objects.aggregate(last=Min("finished_at"))["last"]
    return {"well": last is not None and now - last <= SWEEP_WITHIN, "last": last}


def letters(now: datetime) -> dict[str, Any]:
    """How many letters are due to go, and whether the oldest has waited too long."""
    backlog = apps.get_model("outbox", "Letter").objects.backlog(now)
    return {
        "well": backlog.oldest is None or now - backlog.oldest <= WAITING_AT_MOST,
        "waiting": backlog.count,
    }
