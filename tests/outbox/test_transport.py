"""The connection: encrypted where it must be, and honest about it; other mail programs get the same bytes."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from pytest_django import Settings

from outbox import services, transport
from script.embedded.stack import free_port
from tests.outbox.conftest import MoodySink, Queue, fresh


def certificate(folder: Path) -> Path:
    """A certificate for localhost with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kept = folder / "localhost.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    kept.write_bytes(made.public_bytes(pem) + private)
    return kept


@pytest.fixture
def secret_sink(settings: Settings, tmp_path: Path) -> Iterator[tuple[MoodySink, Path]]:
    """A mail server that wants STARTTLS."""
    kept = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kept)
    sink = MoodySink(free_port())
    controller = Controller(
        sink, hostname="127.0.0.1", port=sink.port, tls_context=context, require_starttls=True
    )
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "localhost", sink.port, True
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink, kept
    controller.stop()


@pytest.mark.django_db
def test_encrypted_to_a_server_we_know(
    queue: Queue, secret_sink: tuple[MoodySink, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, kept = secret_sink
    monkeypatch.setenv("SSL_CERT_FILE", str(kept))
    assert transport.enforces_tls()
    letter = queue()
    assert services.deliver_due() == 1
    assert fresh(letter).status == "sent"
    assert [talk.ssl is not None for talk in sink.talks] == [True]


@pytest.mark.django_db
def test_nothing_is_said_to_a_server_we_do_not_know(
    queue: Queue, secret_sink: tuple[MoodySink, Path]
) -> None:
    sink, _ = secret_sink
    letter = queue()
    assert services.deliver_due() == 0
    assert "CERTIFICATE_VERIFY_FAILED" in fresh(letter).reason
    assert (fresh(letter).status, sink.kept) == ("deferred", [])


@pytest.mark.django_db
def test_a_server_that_cannot_encrypt_gets_nothing(queue: Queue, sink: MoodySink, settings: Settings) -> None:
    settings.EMAIL_USE_TLS = True
    letter = queue()
    assert services.deliver_due() == 0
    assert fresh(letter).reason.startswith("The mail server cannot be reached (SMTPNotSupportedError")
    assert sink.kept == []


@pytest.mark.parametrize(
    ("backend", "tls", "ssl_", "enforced"),
    [
        ("smtp", True, False, True),
        ("smtp", False, True, True),
        ("smtp", False, False, False),
        ("console", True, False, False),
        ("locmem", True, False, False),
    ],
)
def test_enforced_means_that_no_letter_leaves_in_the_clear(
    settings: Settings, backend: str, tls: bool, ssl_: bool, enforced: bool
) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = tls, ssl_
    assert transport.enforces_tls() is enforced


@pytest.mark.django_db
def test_a_mail_program_that_is_no_server_gets_the_same_bytes(queue: Queue) -> None:
    letter = queue(enclosures=[services.Enclosed("a.pdf", b"%PDF", "application/pdf")])
    assert services.deliver_due() == 1
    kept = fresh(letter)
    (message,) = mail.outbox
    assert (message.to, message.extra_headers) == (["ann@school.example"], {"Message-ID": kept.message_id})
    assert [one.filename for one in message.attachments] == ["a.pdf"]
    assert message.message()["Message-ID"] == kept.message_id
