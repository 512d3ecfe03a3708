"""The chain, worked out a second time in Python: a database that was tampered with is no witness."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby

GENESIS = sha256(b"Threshold ledger").digest()
MOST_COMPARED = 200  # altered entries compared with one another to tell a swap from an edit


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it stands in the table now."""

    number: int
    words: tuple[str | None, ...]
    recorded_at: datetime
    digest: bytes
    previous: bytes
    seal: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: what kind, which entries from and to, and a sentence for a person."""

    kind: str
    first: int
    last: int
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def moment(at: datetime) -> str:
    """A moment as the SQL function spells it: UTC, microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def digest(number: int, words: Iterable[str | None]) -> bytes:
    """The digest of one entry: each part with its length before it, `~` for none."""
    spelled = bytearray()
    for word in (str(number), *words):
        if word is None:
            spelled += b"~"
        else:
            part = word.encode()
            spelled += f"{len(part)}:".encode() + part
    return sha256(spelled).digest()


def parse_head(text: str) -> tuple[int, bytes]:
    """`number:hash` as printed on minutes. Raises ValueError for anything else."""
    number, _, seal = text.strip().partition(":")
    return int(number), bytes.fromhex(seal)


def examine(
    lines: Iterable[Line], *, tip: tuple[int, bytes] | None, known: Sequence[tuple[int, bytes]] = ()
) -> list[Finding]:
    """Name each entry missing, altered, swapped, re-timed or put in, each broken seal and a cut tail."""
    findings: list[Finding] = []
    altered: list[Line] = []
    awaited = dict(known)
    last_number, last_seal, last_time = 0, GENESIS, None
    limit = tip[0] if tip else 0
    for previous, batch in _batches(lines):
        findings += _gap(last_number, batch[0].number)
        if previous != last_seal:
            findings.append(_broken_link(batch, last_number))
        if sha256(previous + b"".join(line.digest for line in batch)).digest() != batch[0].seal:
            findings.append(
                _finding("seal", batch[0].number, batch[-1].number, "The seal over {} does not hold")
            )
        for before, line in zip([None, *batch], batch, strict=False):
            if before is not None:
                findings += _gap(before.number, line.number)
            if digest(line.number, line.words) != line.digest:
                altered.append(line)
            if last_time is not None and line.recorded_at < last_time:
                findings.append(
                    _finding("retimed", line.number, line.number, "{} is dated before the one before it")
                )
            last_time = max(last_time or line.recorded_at, line.recorded_at)
            wanted = awaited.pop(line.number, None)
            if wanted is not None and wanted != line.seal:
                findings.append(
                    _finding("head", line.number, line.number, "{} does not bear the seal kept elsewhere")
                )
        last_number, last_seal = batch[-1].number, batch[-1].seal
    findings += _name_altered(altered)
    return findings + _tail(last_number, last_seal, limit, tip, awaited)


def _batches(lines: Iterable[Line]) -> Iterator[tuple[bytes, list[Line]]]:
    """Entries written together bear the same seal over the same link."""
    for (previous, _), batch in groupby(lines, key=lambda line: (line.previous, line.seal)):
        yield previous, list(batch)


def _gap(before: int, number: int) -> list[Finding]:
    if number > before + 1:
        return [_finding("missing", before + 1, number - 1, "{} missing")]
    if number < 1:
        return [_finding("inserted", number, number, "{} was put in: the ledger begins at 1")]
    return []


def _broken_link(batch: list[Line], last_number: int) -> Finding:
    sentence = f"{{}} does not follow entry {last_number}: something was taken out, put in or written anew"
    return _finding("link", batch[0].number, batch[-1].number, sentence)


def _name_altered(altered: list[Line]) -> list[Finding]:
    """An entry whose words belong under another altered number was swapped; the others were edited."""
    findings = []
    for line in altered:
        others = altered if len(altered) <= MOST_COMPARED else []
        home = next((o for o in others if o is not line and _belongs(line, o)), None)
        if home is not None:
            sentence = f"{{}} stands where it was not written: its words belong to entry {home.number}"
            findings.append(_finding("swapped", line.number, line.number, sentence))
        else:
            findings.append(
                _finding("altered", line.number, line.number, "{} was altered after it was written")
            )
    return findings


def _belongs(line: Line, other: Line) -> bool:
    return digest(other.number, line.words) in (other.digest, line.digest)


def _tail(
    last_number: int, last_seal: bytes, limit: int, tip: tuple[int, bytes] | None, awaited: dict[int, bytes]
) -> list[Finding]:
    findings = []
    if limit > last_number:
        findings.append(_finding("missing", last_number + 1, limit, "{} missing from the end"))
    elif last_number > limit:
        findings.append(_finding("inserted", limit + 1, last_number, "{} put in after the last true entry"))
    elif tip is not None and tip[1] != last_seal:
        findings.append(_finding("tip", limit, limit, "{} does not bear the seal the ledger ended with"))
    for number in sorted(number for number in awaited if number > max(last_number, limit)):
        findings.append(_finding("missing", number, number, "{}, whose seal is kept elsewhere, is missing"))
    return findings


def _finding(kind: str, first: int, last: int, sentence: str) -> Finding:
    named = f"Entry {first}" if first == last else f"Entries {first} to {last}"
    if sentence in ("{} missing", "{} missing from the end"):
        sentence = sentence.replace("{} ", "{} is " if first == last else "{} are ")
    return Finding(kind, first, last, sentence.format(named) + ".")
