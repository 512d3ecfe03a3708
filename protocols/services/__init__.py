"""What can be done with a local procedure: draft, publish, take one from a file, warn of its review."""

from protocols.services.files import check_file, draft_from_file
from protocols.services.reviews import past_review, warn_owners
from protocols.services.versions import as_json, draft, draft_from, install_preset, open_defaults, publish

__all__ = [
    "as_json",
    "check_file",
    "draft",
    "draft_from",
    "draft_from_file",
    "install_preset",
    "open_defaults",
    "past_review",
    "publish",
    "warn_owners",
]
