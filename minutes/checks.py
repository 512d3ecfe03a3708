"""What `manage.py check` says of the settings before anything starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from minutes.case_system import fault_of
from minutes.rules.file_names import fault_of_pattern


def case_system(**_given: Any) -> list[CheckMessage]:
    """Whether the case system can be reached by the settings; not whether it is there (row X16)."""
    address = settings.SYSTEM_OF_RECORD_URL
    fault = address and fault_of(address, settings.SYSTEM_OF_RECORD_SECRET, settings.SYSTEM_OF_RECORD_KEY)
    return [Error(fault, hint="See docs/operations.md.", id="minutes.E001")] if fault else []


def file_names(**_given: Any) -> list[CheckMessage]:
    """Whether files of the minutes can be named by the authority's pattern (row X16)."""
    fault = fault_of_pattern(settings.MINUTES_FILE_NAME)
    return (
        [Error(fault, hint="See MINUTES_FILE_NAME in docs/operations.md.", id="minutes.E002")]
        if fault
        else []
    )
