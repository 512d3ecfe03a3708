"""Which files an agency may send: known by what is in them, never by their name, and really opened once.

What a file is comes from its content (`filetype`); then it is parsed as that: a PDF by `pikepdf`, a picture
by Pillow, a document as the zip that it is. Pictures are drawn anew, which leaves the place where they were
taken behind. Nothing is written and nothing is run.
"""

import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 10
MOST_PIXELS = 40_000_000  # a large photograph; a picture of 50 000 by 50 000 would fill the memory
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 2_000
LONGEST_NAME = 100
ACCEPTED = "a PDF, a Word document (.docx), an Excel workbook (.xlsx) or a picture (JPEG or PNG)"
ENDINGS = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAMAGED = "“{name}” is damaged and cannot be read. Choose it again, or save it anew"
FORBIDDEN_IN_PDF = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia")


class BadFileError(ValueError):
    """The sentence says what is wrong with the file, for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that may be kept: its tidy name, its kind and the bytes to keep."""

    name: str
    content_type: str
    content: bytes


def look_into(name: str, content: bytes) -> Looked:
    """Return the file as it may be kept. Raises BadFileError with a plain sentence that names it."""
    tidy = tidy_name(name)
    if not content:
        raise BadFileError(f"“{tidy}” is empty. Choose the file again, or check it on your computer")
    if len(content) > MOST_BYTES:
        raise BadFileError(f"“{tidy}” is larger than {MOST_BYTES // 1024 // 1024} MB. Send a smaller one")
    kind = filetype.guess(content)  # type: ignore[no-untyped-call]
    mime = kind.mime if kind is not None else ""
    if mime not in KINDS and zipfile.is_zipfile(BytesIO(content)):
        mime = _kind_of_zip(content)
    if mime not in KINDS:
        raise BadFileError(f"“{tidy}” is not {ACCEPTED}, whatever its name says")
    ending, check = KINDS[mime]
    return Looked(_with_ending(tidy, ending), mime, check(tidy, content))


def tidy_name(name: str) -> str:
    """The last part of a path without control or direction characters, and nothing that a disk or a header
    minds."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    kept = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in plain)
    kept = "".join(one for one in kept if one not in "<>:\"|?*;%&$`'{}[]=+#~^")
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    return (f"{stem[:LONGEST_NAME]}{dot}{ending[:8]}" if dot and stem else kept[:LONGEST_NAME]) or "file"


def _with_ending(name: str, ending: str) -> str:
    """The name with the one ending of its kind, so that “letter.pdf.exe” cannot be."""
    path = PurePath(name)
    known = {".jpeg"} | {one for one, _ in KINDS.values()}
    stem = path.stem if path.suffix.lower() in known else path.name.replace(".", " ")
    return f"{stem.replace('.', ' ').strip() or 'file'}{ending}"


def _pdf(name: str, content: bytes) -> bytes:
    import pikepdf  # a large library that only a PDF needs

    try:
        with pikepdf.open(BytesIO(content)) as document:
            if not len(document.pages):
                raise BadFileError(f"“{name}” has no pages")
            for thing in document.objects:
                if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and _is_active(thing):
                    raise BadFileError(
                        f"“{name}” holds a program or another file inside it. Print it to a new PDF"
                    )
    except pikepdf.PasswordError:
        raise BadFileError(
            f"“{name}” is protected by a password. Save it without one and send it here: this page is secure"
        ) from None
    except pikepdf.PdfError:
        raise BadFileError(
            f"“{name}” is damaged and cannot be read. Choose it again, or save it anew"
        ) from None
    return content


def _is_active(thing: Any) -> bool:
    kinds = {str(thing.get("/S", "")), str(thing.get("/Type", "")), str(thing.get("/Subtype", ""))}
    return bool(kinds & set(FORBIDDEN_IN_PDF)) or "/JS" in thing or "/JavaScript" in thing


def _picture(name: str, content: bytes) -> bytes:
    try:
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadFileError(f"“{name}” has too many pixels. Save it smaller and send that")
            form = picture.format or "PNG"
            drawn = ImageOps.exif_transpose(picture)
            drawn = drawn.convert("RGB") if form == "JPEG" else drawn
            bare = Image.new(drawn.mode, drawn.size)
            if drawn.mode == "P":
                bare = drawn.convert("RGBA")
            else:
                bare.paste(drawn)
            bare.info = {}
            made = BytesIO()
            bare.save(made, form, quality=90) if form == "JPEG" else bare.save(made, "PNG")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        if isinstance(fault, BadFileError):
            raise
        raise BadFileError(
            f"“{name}” is damaged and cannot be shown. Choose it again, or save it anew"
        ) from None
    return made.getvalue()


def _document(name: str, content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            listed = parts.infolist()
            if len(listed) > MOST_PARTS or sum(one.file_size for one in listed) > MOST_UNPACKED:
                raise BadFileError(f"“{name}” unpacks to far more than a document holds. Save it as a PDF")
            if any(one.flag_bits & 1 for one in listed):
                raise BadFileError(f"“{name}” is protected by a password. Save it without one")
            if any(_is_program(one.filename) for one in listed):
                raise BadFileError(f"“{name}” holds macros or another file inside it. Save it as a PDF")
            if parts.testzip() is not None:
                raise zipfile.BadZipFile
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise BadFileError(
            f"“{name}” is damaged and cannot be read. Choose it again, or save it anew"
        ) from None
    return content


def _is_program(part: str) -> bool:
    words = part.lower()
    return "vbaproject" in words or "/embeddings/" in words or "activex" in words or "macrosheets" in words


def _kind_of_zip(content: bytes) -> str:
    """A document whose parts are in an order that the library does not know."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            names = set(parts.namelist())
    except zipfile.BadZipFile:
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    return WORD if "word/document.xml" in names else EXCEL if "xl/workbook.xml" in names else ""


Check = Callable[[str, bytes], bytes]
KINDS: dict[str, tuple[str, Check]] = {
    "application/pdf": (".pdf", _pdf),
    "image/jpeg": (".jpg", _picture),
    "image/png": (".png", _picture),
    WORD: (".docx", _document),
    EXCEL: (".xlsx", _document),
}
