"""Logs that help without telling: JSON lines (or plain ones), no query strings, no rows, no names."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

QUERY = re.compile(r"\?[^\s\"']*")
# PostgreSQL and Django put the offending row into the message of an error; a child's name may be in it.
ROW = re.compile(r"(DETAIL|CONTEXT|HINT):.*?(?=\n\S|\Z)", re.S)


def hide_content(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take query strings and the database's quoted rows out of every text of the line."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = ROW.sub(r"\1: (hidden)", QUERY.sub("?(hidden)", value))
    return event


def logging_config(*, plain: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, `plain` for people and JSON for machines."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_content,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if plain else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": ["console"], "level": level, "propagate": False},
            "django.server": {"handlers": ["console"], "level": level, "propagate": False},
            "fontTools": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }
