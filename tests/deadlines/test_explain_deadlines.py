"""The engine asked directly, as another program: no database, no environment, and never a traceback."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
FACTS: dict[str, Any] = {
    "protocol": "wirral",
    "trigger": "referral",
    "triggered_at": "2026-12-24T16:30:00+00:00",
    "referral_received_at": "2026-12-24T16:30:00+00:00",
    "requested_at": "2026-12-24T17:00:00+00:00",
    "circumstances": ["organised_or_multiple_abuse"],
    "learned_at": {},
    "forensic_evidence_needed": "unknown",
    "planned_discharge_at": None,
    "discussions": [
        {
            "started_at": "2026-12-29T10:00:00",
            "ended_at": "2026-12-29T11:00:00Z",
            "format": "telephone_conference",
            "quorate": True,
            "initiated_s47": True,
        }
    ],
}
NOW = "2026-12-24T18:00:00+00:00"


def run(text: bytes | str, *more: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a program of its own, with nothing in its environment."""
    raw = text.encode() if isinstance(text, str) else text
    command = [sys.executable, str(ROOT / "manage.py"), "explain_deadlines", "-", *more]
    return subprocess.run(command, input=raw, capture_output=True, env={}, check=False)


def test_prints_the_contract_without_any_environment() -> None:
    done = run(json.dumps(FACTS), "--now", NOW)
    assert (done.returncode, done.stderr) == (0, b"")
    answer = json.loads(done.stdout)
    assert answer["protocol"] == {"slug": "wirral", "version": 1}
    assert [(row["duty"], row["due_at"], row["state"]) for row in answer["deadlines"]] == [
        ("convene", "2027-01-05T23:59:59+00:00", "met"),
        ("child_seen", "2026-12-25T16:30:00+00:00", "running"),
        ("follow_up_meeting", "2027-01-06T23:59:59+00:00", "running"),
        ("circulate_minutes", "2026-12-30T23:59:59+00:00", "running"),
        ("icpc", "2027-01-20T23:59:59+00:00", "running"),
        ("assessment", "2027-03-02T23:59:59+00:00", "running"),
    ]
    convene = answer["deadlines"][0]
    assert convene["source"] == "Strategy Meeting Operating Guidance, March 2019, 3.2"
    assert convene["met_at"] == "2026-12-29T10:00:00+00:00"
    assert [one["limit"] for one in convene["candidates"]] == ["working_days(5)"]
    assert answer["deadlines"][3]["discussion"] == 0


@pytest.mark.parametrize("environment", [{"DEBUG": "false"}, {"SECRET_KEY": "", "DATABASE_URL": "garbage"}])
def test_asks_nothing_of_the_environment_also_in_the_image(
    environment: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "explain_deadlines", "-"]
    raw = json.dumps(FACTS).encode()
    done = subprocess.run(command, input=raw, capture_output=True, env=environment, cwd=tmp_path, check=False)
    assert (done.returncode, len(json.loads(done.stdout)["deadlines"])) == (0, 6)


@pytest.mark.parametrize(
    ("closing", "says"),
    [
        ("<&-", "facts: standard input is closed"),
        (">&-", "output: standard output is closed"),
        (">/dev/full", "output: cannot be written: No space left on device"),
        ("| true; exit ${PIPESTATUS[0]}", "output: cannot be written: Broken pipe"),
    ],
)
def test_a_closed_stream_is_one_line(closing: str, says: str, tmp_path: Path) -> None:
    many = tmp_path / "facts.json"  # more than a pipe holds, so that the reader is gone when it is written
    many.write_text(json.dumps([FACTS] * 100))
    name = "-" if "<" in closing else str(many)
    line = f"exec 2>said; '{sys.executable}' '{ROOT / 'manage.py'}' explain_deadlines '{name}' {closing}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, env={}, cwd=tmp_path, check=False)
    assert (done.returncode, (tmp_path / "said").read_text()) == (2, f"{says}\n")


def test_a_list_prints_a_list_with_errors_in_their_place() -> None:
    done = run(json.dumps([FACTS, 3, {**FACTS, "protocol": "leeds"}, FACTS]))
    first, second, third, fourth = json.loads(done.stdout)
    assert done.returncode == 0
    assert first == fourth
    assert second == {"error": "facts: must be an object"}
    assert third["error"].startswith('protocol: "leeds" is none of working-together, wirral')
    assert run("[]").stdout == b"[]\n"


def explain(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, raw: bytes, *more: str
) -> tuple[int, str, str]:
    """The same command in this process, since starting a hundred programs takes minutes."""
    path = tmp_path / "facts.json"
    path.write_bytes(raw)
    try:
        call_command("explain_deadlines", str(path), *more)
    except SystemExit as left:
        captured = capsys.readouterr()
        return int(str(left.code)), captured.out, captured.err
    captured = capsys.readouterr()
    return 0, captured.out, captured.err


def told(**changed: Any) -> bytes:
    return json.dumps({**FACTS, **changed}).encode()


def discussion(**changed: Any) -> bytes:
    return told(discussions=[{**FACTS["discussions"][0], **changed}])


def without(*names: str) -> bytes:
    return json.dumps({key: value for key, value in FACTS.items() if key not in names}).encode()


BAD = [
    (told(protocol="leeds"), "protocol:"),
    (told(protocol=None), "protocol:"),
    (told(protocol=["wirral"]), "protocol:"),
    (told(protocol="../wirral"), "protocol:"),
    (told(trigger="gossip"), "trigger:"),
    (told(trigger=7), "trigger:"),
    (told(trigger={}), "trigger:"),
    (without("protocol"), "protocol: is missing"),
    (without("trigger"), "trigger: is missing"),
    (without("triggered_at"), "triggered_at: is missing"),
    (told(triggered_at=None), "triggered_at:"),
    (told(triggered_at=""), "triggered_at:"),
    (told(triggered_at="2026-12-24"), "triggered_at:"),
    (told(triggered_at="yesterday"), "triggered_at:"),
    (told(triggered_at=1766593800), "triggered_at:"),
    (told(triggered_at=float("nan")), "triggered_at:"),
    (told(triggered_at="2026-02-29T10:00:00"), "triggered_at:"),
    (told(triggered_at="2026-13-01T10:00:00"), "triggered_at:"),
    (told(triggered_at="2026-12-24T24:00:00"), "triggered_at:"),
    (told(triggered_at="2026-12-24T16:30:60"), "triggered_at:"),
    (told(triggered_at="2026-12-24T16:30:00+25:00"), "triggered_at:"),
    (told(triggered_at="2027-03-28T01:30:00"), "triggered_at:"),
    (told(triggered_at="99999-12-24T16:30:00"), "triggered_at:"),
    (told(triggered_at="9999-12-31T16:30:00"), "triggered_at:"),
    (told(triggered_at="0001-01-01T00:00:00+14:00"), "triggered_at:"),
    (told(triggered_at="٢٠٢٦-12-24T16:30:00"), "triggered_at:"),
    (told(triggered_at="2026-12-24T16:30:00\n"), "triggered_at:"),
    (told(requested_at="2027-03-28T01:00"), "requested_at:"),
    (told(requested_at=False), "requested_at:"),
    (told(referral_received_at={}), "referral_received_at:"),
    (told(planned_discharge_at="soon"), "planned_discharge_at:"),
    (told(circumstances="immediate_risk"), "circumstances:"),
    (told(circumstances=["bad_weather"]), "circumstances:"),
    (told(circumstances=[["immediate_risk"]]), "circumstances:"),
    (told(circumstances={"immediate_risk": True}), "circumstances:"),
    (told(learned_at=[]), "learned_at:"),
    (told(learned_at={"bad_weather": "2026-12-24T16:30:00"}), "learned_at:"),
    (told(learned_at={"immediate_risk": "now"}), "learned_at.immediate_risk:"),
    (told(forensic_evidence_needed="maybe"), "forensic_evidence_needed:"),
    (told(forensic_evidence_needed=True), "forensic_evidence_needed:"),
    (told(discussions={}), "discussions:"),
    (told(discussions=["x"]), "discussions[0]:"),
    (discussion(started_at=None), "discussions[0].started_at:"),
    (told(discussions=[{}]), "discussions[0].started_at: is missing"),
    (discussion(ended_at="later"), "discussions[0].ended_at:"),
    (discussion(ended_at="9999-12-31T23:00:00Z"), "discussions[0].ended_at:"),
    (told(learned_at={"immediate_risk": "0001-01-01T00:00:00Z"}), "learned_at.immediate_risk:"),
    (discussion(format="carrier_pigeon"), "discussions[0].format:"),
    (discussion(quorate="yes"), "discussions[0].quorate:"),
    (discussion(quorate=1), "discussions[0].quorate:"),
    (discussion(quorate_at="?"), "discussions[0].quorate_at:"),
    (discussion(colour="red"), "discussions[0].colour: is not a known field"),
    (told(colour="red"), "colour: is not a known field"),
    (told(**{"a\nb": 1}), "a\\nb:"),
    (told(**{"\ud800": 1}), "\\ud800:"),
    (told(**{"x" * 5000: 1}), "xxx"),
    (b'{"protocol": "wirral", "protocol": "halton"}', "protocol: is given twice"),
    (b"", "facts:"),
    (b"{", "facts:"),
    (b"nonsense", "facts:"),
    (b"null", "facts:"),
    (b"NaN", "facts:"),
    (b'"wirral"', "facts:"),
    (b"17", "facts:"),
    (b"\xff\xfe{}", "facts:"),
    (b'{"protocol": "\xe9"}', "facts:"),
    (b"[" * 100_000, "facts:"),
    (b'{"a":' * 100_000, "facts:"),
    (b"9" * 5000, "facts:"),
    (b"\x00", "facts:"),
]


@pytest.mark.parametrize(("raw", "begins"), BAD)
def test_bad_input_is_one_line_naming_the_field(
    raw: bytes, begins: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = explain(capsys, tmp_path, raw)
    assert (status, out) == (2, "")
    assert err.startswith(begins) and err.endswith("\n") and err.count("\n") == 1
    assert len(err) < 400


@pytest.mark.parametrize(
    "raw",
    [
        one
        for one, begins in BAD
        if one.startswith(b'{"protocol') and b'"protocol": "wirral", "protocol"' not in one
    ],
)
def test_the_same_in_a_list_is_an_error_in_its_place(
    raw: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    try:
        raw.decode()
    except UnicodeDecodeError:
        pytest.skip("not text at all")
    status, out, err = explain(capsys, tmp_path, b"[" + raw + b", " + told() + b"]")
    assert (status, err) == (0, "")
    assert list(json.loads(out)[0]) == ["error"]
    assert len(json.loads(out)[1]["deadlines"]) == 6


def test_a_missing_file_a_directory_and_no_file_are_one_line(tmp_path: Path) -> None:
    for words in (
        ["/no/such/facts.json"],
        [str(tmp_path)],
        [],
        ["a", "b"],
        ["-", "--now", "later"],
        ["-", "--x"],
    ):
        command = [sys.executable, str(ROOT / "manage.py"), "explain_deadlines", *words]
        done = subprocess.run(command, input=b"{}", capture_output=True, env={}, check=False)
        assert (done.returncode, done.stdout) == (2, b""), words
        assert done.stderr.count(b"\n") == 1 and b"Traceback" not in done.stderr, words


NULLS = dict.fromkeys(
    ("referral_received_at", "circumstances", "learned_at", "forensic_evidence_needed", "discussions")
)
GOOD = [
    # "Optional fields may be missing": null says the same as a missing field
    (told(**NULLS), "2026-12-25T16:30:00+00:00"),
    (discussion(format=None, quorate=None, initiated_s47=None, ended_at=None), "2027-01-05T23:59:59+00:00"),
    (
        told(circumstances=["penetrative_sexual_abuse"], forensic_evidence_needed=None),
        "2026-12-24T23:59:59+00:00",
    ),
    (without("requested_at", "learned_at", "discussions", "circumstances"), "2026-12-25T16:30:00+00:00"),
    (told(circumstances=[], triggered_at="2026-12-24T16:30"), "2026-12-25T16:30:00+00:00"),
    (told(circumstances=[], triggered_at="2026-12-24T17:30:00+0100"), "2026-12-25T16:30:00+00:00"),
    (told(circumstances=[], triggered_at="2026-12-24 16:30:00Z"), "2026-12-25T16:30:00+00:00"),
    # the hour that comes twice: the first of the two, in summer time
    (told(circumstances=[], triggered_at="2026-10-25T01:30:00"), "2026-10-26T00:30:00+00:00"),
    (told(circumstances=[], triggered_at="2026-10-25T01:30:00+00:00"), "2026-10-26T01:30:00+00:00"),
    (told(circumstances=["immediate_risk", "immediate_risk"]), "2026-12-24T23:59:59+00:00"),
    (
        told(circumstances=["immediate_risk"], triggered_at="2026-07-01T09:00:00+01:00"),
        "2026-07-01T23:59:59+01:00",
    ),
    # a form would refuse these orders of events; a what-if answers them
    (told(requested_at="2020-01-01T00:00"), "2027-01-05T23:59:59+00:00"),
    (discussion(started_at="2020-01-01T00:00"), "2027-01-05T23:59:59+00:00"),
    (b"\xef\xbb\xbf" + told(), "2027-01-05T23:59:59+00:00"),
    (told(triggered_at="9990-12-24T16:30:00"), "9991-01-03T23:59:59+00:00"),
    (told(triggered_at="2200-01-01T00:00:00Z"), "2200-01-08T23:59:59+00:00"),
]


@pytest.mark.parametrize(("raw", "due"), GOOD)
def test_what_is_answered(raw: bytes, due: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, err = explain(capsys, tmp_path, raw, "--now", NOW)
    assert (status, err) == (0, "")
    assert json.loads(out)["deadlines"][0]["due_at"] == due
