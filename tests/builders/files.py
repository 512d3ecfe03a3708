"""Files as agencies have them, made by the libraries for them: good ones, and some that are not."""

import socket
import struct
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pikepdf
from PIL import Image

# The string by which every scanner is tried; in two halves, so that this file is not taken for it.
VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200


def a_pdf(*, password: str = "", script: bool = False, words: str = "") -> bytes:
    """A PDF of one page, with a password or a program inside where told."""
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if words:
            document.docinfo["/Title"] = words
        if script:
            action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
            document.Root.OpenAction = document.make_indirect(action)
        locked = pikepdf.Encryption(owner=password, user=password) if password else False
        document.save(made, encryption=locked)
    return made.getvalue()


def a_photograph(*, where: bool = True, size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture that says where and with what it was taken."""
    picture, made = Image.new("RGB", size, "teal"), BytesIO()
    facts = Image.Exif()
    if where:
        facts[0x010E] = "Wagtail Orchard"
        facts.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    picture.save(made, "JPEG", exif=facts)
    return made.getvalue()


def a_document(*, macros: bool = False, padding: int = 0) -> bytes:
    """A Word document as far as its zip goes."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("_rels/.rels", "<Relationships/>")
        parts.writestr("word/document.xml", "<w:document/>" + " " * padding)
        if macros:
            parts.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return made.getvalue()


@contextmanager
def a_scanner(*, says_nothing: bool = False) -> Iterator[str]:
    """A daemon that speaks ClamAV's INSTREAM over a real socket and knows one virus; its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                line.recv(10)
                content = b""
                while size := struct.unpack("!L", _exactly(line, 4))[0]:
                    content += _exactly(line, size)
                found = b"stream: Eicar-Test FOUND\0" if VIRUS in content else b"stream: OK\0"
                line.sendall(b"" if says_nothing else found)

    threading.Thread(target=answer, daemon=True).start()
    try:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def _exactly(line: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        got += line.recv(size - len(got)) or b"\0" * (size - len(got))
    return got
