"""An authorised version as one ZIP file for the authority's case system (rows W27, X16).

The same version with the same signatures gives the same bytes: the dates inside are the version's own.
"""

import json
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from attendees.enums import TAKES_PART
from attendees.models import Signature
from minutes.canonical import canonical, hash_of, is_unchanged
from minutes.enums import RenditionKind
from minutes.models import MinutesVersion, Rendition
from minutes.services.file import system_of
from minutes.services.printing import AlteredVersionError

ZIP = "application/zip"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The file: its name, its bytes, and what its manifest says."""

    name: str
    content: bytes
    manifest: dict[str, Any]


def whole_rendition(version: MinutesVersion) -> Rendition | None:
    """The PDF of the whole record with its bytes, or None while it is not made."""
    made = version.renditions.filter(kind=RenditionKind.WHOLE, child=None, enclosure__isnull=False)
    found: Rendition | None = made.select_related("enclosure").first()
    return found


def bundle_of(version: MinutesVersion, supplement: int = 0) -> Bundle | None:
    """The bundle of an authorised version, or None while its PDF is not made (rows W27, X16).

    A `supplement` to its filing is the same with the signatures of now, under a name of its own.
    Raises AlteredVersionError when record, action log or PDF are no longer what was authorised and printed.
    """
    rendition = whole_rendition(version)
    if rendition is None or rendition.enclosure is None or version.authorised_at is None:
        return None
    file = bytes(rendition.enclosure.content)
    if sha256(file).hexdigest() != rendition.enclosure.sha256:
        raise AlteredVersionError(f"The PDF of version {version.number} is not the file that was made")
    _refuse_altered(version)
    signatures = _signatures(version)
    files = {
        rendition.filename: file,
        "record.json": canonical(version.content),
        "signatures.json": canonical(signatures),
        "actions.json": canonical(version.action_log.content),
    }
    held = len(signatures["signed"])
    manifest = _manifest(version, files) | {"supplement": supplement, "signatures": held}
    spelt = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    told = f" signatures {supplement}" if supplement else ""
    name = f"{rendition.filename.removesuffix('.pdf')}{told}.zip"
    return Bundle(name, _zipped({**files, MANIFEST: spelt}, version), manifest)


def _refuse_altered(version: MinutesVersion) -> None:
    log = version.action_log
    if hash_of(version.content) != version.sha256 or not is_unchanged(log.content, log.sha256):
        raise AlteredVersionError(f"Version {version.number} is no longer what the chair authorised")


def _signatures(version: MinutesVersion) -> dict[str, Any]:
    """Who signed which text and how, and who took part and has not (row W27)."""
    log = version.action_log
    kept = Signature.objects.filter(document=log.document).select_related(
        "attendance__professional__agency", "witness"
    )
    signed = [
        {
            "name": one.attendance.professional.name,
            "agency": one.attendance.professional.agency.name,
            "at": one.at.astimezone(UTC).isoformat(timespec="seconds"),
            "method": one.get_method_display(),
            "how": one.how,
            "witness": one.witness.name if one.witness else None,
            "signed_sha256": one.document_hash,
        }
        for one in kept.order_by("at", "pk")
    ]
    took_part = version.minutes.discussion.attendance.filter(mode__in=TAKES_PART)
    silent = took_part.exclude(signatures__document=log.document).order_by("pk")
    return {
        "action_log": log.number,
        "action_log_sha256": log.sha256,
        "signed": signed,
        "unsigned": list(silent.values_list("professional__name", flat=True)),
    }


def _manifest(version: MinutesVersion, files: dict[str, bytes]) -> dict[str, Any]:
    discussion = version.minutes.discussion
    assert version.authorised_at is not None and version.authorised_by is not None
    return {
        "format": "threshold-bundle/1",
        "system": system_of(discussion),
        "case_reference": discussion.case.reference,
        "discussion": discussion.number,
        "version": version.number,
        "record_sha256": version.sha256,
        "authorised_by": version.authorised_by.name,
        "authorised_at": version.authorised_at.astimezone(UTC).isoformat(timespec="seconds"),
        "files": [
            {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}
            for name, content in files.items()
        ],
    }


def _zipped(files: dict[str, bytes], version: MinutesVersion) -> bytes:
    assert version.authorised_at is not None
    moment = version.authorised_at.astimezone(UTC).timetuple()[:6]
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(name, date_time=moment)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            archive.writestr(entry, content)
    return made.getvalue()
