"""The Celery application: workers look at PostgreSQL when told to, and beat tells them."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("threshold")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_our_logs(**_kwargs: Any) -> None:
    """Keep Celery from putting its own format, with arguments in it, over ours."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
