"""Who receives the minutes, each in the most secure way there is, and what must not leave (W28, B15)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Case as Choice
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, Trim

from attendees.enums import TAKES_PART
from attendees.models import Attendance, Invitation, Professional
from attendees.rules.suggestions import STATUTORY
from attendees.services.links import is_staff
from audit.errors import Refused
from cases.models import Case, Child, FamilyMember
from cases.rules import kept_places
from minutes.canonical import hash_of
from minutes.enums import Way
from minutes.models import MinutesVersion, Recipient
from minutes.rules.release import Copy, Finding, Secret, findings, names_told
from minutes.rules.renditions import WHOLE, Cut, cut_for, family_cuts
from minutes.services.family_told import why_no_family_copy
from outbox.rules import BadAddressError, normalise_address
from outbox.transport import enforces_tls
from protocols.enums import Recipients

SIGNS_IN = "Has an account and needs no code"
SIGNED_IN = "Link, reads it signed in"


@dataclass(frozen=True, slots=True)
class Planned:
    """One person who would receive a copy, how, why that way, and why they are on the list."""

    professional: Professional
    way: Way
    why: str
    because: str
    was_there: bool
    was_invited: bool
    cut: Cut = WHOLE
    revoked: str = ""  # why their last copy was revoked: they are left out unless somebody says otherwise

    @property
    def way_title(self) -> str:
        """The way in words."""
        return way_in_words(self.way, self.why)


def known_to(version: MinutesVersion, extra: Iterable[Professional] = ()) -> list[Professional]:
    """Everybody whom the discussion knows or business support names, by name, in one statement.

    Each says how they took part (`mode`), whether an invitation stands (`is_invited`), whether they had an
    earlier version (`had_copy`), and why their last copy was revoked, if it was (`was_revoked`).
    """
    discussion = version.minutes.discussion
    there = Attendance.objects.filter(discussion=discussion)
    asked = Invitation.objects.filter(discussion=discussion)
    copies = Recipient.objects.filter(circulation__version__minutes=version.minutes)
    had = copies.filter(revoked_at=None)
    last = copies.filter(professional=OuterRef("pk")).order_by("-circulation__version__number")
    people = Professional.objects.filter(
        Q(pk__in=there.values("professional"))
        | Q(pk__in=asked.values("professional"))
        | Q(pk__in=had.values("professional"))
        | Q(pk__in=[one.pk for one in extra])
    ).annotate(
        mode=Subquery(there.filter(professional=OuterRef("pk")).values("mode")[:1]),
        is_invited=Exists(asked.filter(professional=OuterRef("pk"), withdrawn_at=None)),
        had_copy=Exists(had.filter(professional=OuterRef("pk"))),
        was_revoked=Subquery(last.values("revoked_reason")[:1]),
    )
    return list(people.select_related("agency", "user").order_by("name", "pk"))


def planned_for(
    version: MinutesVersion, extra: Iterable[Professional] = (), chosen: Mapping[int, Cut] | None = None
) -> list[Planned]:
    """Whom the protocol gives a copy, those who had an earlier version, and whom business support adds.

    `chosen`: by the number of a professional, which copy they are given instead of the one for their agency.
    """
    return planned_among(known_to(version, extra), version, extra, chosen)


def planned_among(
    known: Iterable[Any],
    version: MinutesVersion,
    extra: Iterable[Professional] = (),
    chosen: Mapping[int, Cut] | None = None,
) -> list[Planned]:
    """The same, of people already read by `known_to`."""
    rules = version.minutes.discussion.request.protocol.rules
    to_all = rules.recipients.value == Recipients.ALL_PARTIES
    added, secure, instead = {one.pk for one in extra}, enforces_tls(), chosen or {}
    return [
        _planned(one, secure, instead.get(one.pk) or cut_for(one.agency.kind, version.content))
        for one in known
        if one.mode in TAKES_PART
        or one.had_copy
        or one.pk in added
        or (to_all and (one.mode or one.is_invited))
    ]


def as_shown(known: Iterable[Any], version: MinutesVersion) -> str:
    """The fingerprint of who would receive a copy, at what address and how: what somebody looked at.

    Of everybody whom the discussion knows, so that whoever is ticked besides is in it, too.
    """
    people, secure = list(known), enforces_tls()
    names = {one.professional.pk for one in planned_among(people, version)}
    told = [
        [
            *(one.pk, one.name, one.email, one.pk in names, one.was_revoked or ""),
            *way_for(one, secure=secure, invited=one.is_invited),
        ]
        for one in people
    ]
    return hash_of(told)


def _planned(one: Any, secure: bool, cut: Cut) -> Planned:
    way, why = way_for(one, secure=secure, invited=one.is_invited)
    revoked = f"Their copy was revoked: {one.was_revoked}"[:300] if one.was_revoked else ""
    return Planned(one, way, why, _because(one), one.mode is not None, one.is_invited, cut, revoked)


def way_for(person: Professional, *, secure: bool, invited: bool = True) -> tuple[Way, str]:
    """How a copy goes to somebody, and why: attached only over TLS to a domain on the agency’s list."""
    if not person.is_active and person.merged_into_id is None:
        return Way.BY_HAND, "Is no longer in the directory: hand a copy over, or leave them out"
    if not person.email:
        return Way.BY_HAND, "No e-mail address: hand a copy over"
    if _is_retired(person.email):
        return Way.BY_HAND, "The e-mail domain was closed down: correct the address or hand a copy over"
    if is_staff(person):
        return Way.LINK, SIGNS_IN
    domain = person.email.rpartition("@")[2]
    listed = {one.strip().lower() for one in person.agency.secure_domains}
    if not (invited and person.is_active) and (domain not in listed or not secure):
        return Way.BY_HAND, "Was not invited, so has no link: hand a copy over"
    if domain not in listed:
        return Way.LINK, f"{domain} is not on the list of secure domains of {person.agency.name}"
    if not secure:
        return Way.LINK, "Our mail server does not enforce encryption, so nothing is attached"
    return Way.ATTACHED, f"{domain} is on the list of secure domains of {person.agency.name}"


def way_in_words(way: str, why: str) -> str:
    """How a copy goes, as pages say it: staff sign in and need no code."""
    return SIGNED_IN if why == SIGNS_IN else str(Way(way).label)


def release_findings(version: MinutesVersion, planned: Iterable[Planned]) -> list[Finding]:
    """The safe-release check of one version, its recipients and the family's copies; reads only."""
    case, told, copies = version.minutes.discussion.case, version.content, [_copy(one) for one in planned]
    names = Child.everyone.borne_outside(names_told(told, version.reason), case)
    family = [] if why_no_family_copy(version.minutes) else family_cuts(told)
    return findings(told, secrets_of(case), copies, names, reason=version.reason, also=family)


def sorted_out(
    planned: Iterable[Planned], left_out: Mapping[int, str] | None
) -> tuple[list[Planned], list[dict[str, Any]]]:
    """Who of the list gets a copy, and who is left out, each with the reason, to be kept.

    `left_out`: reasons by the number of a professional; None leaves out those whose last copy was revoked.
    Raises Refused at `why_out_…` where a reason is missing.
    """
    staying: list[Planned] = []
    out: list[dict[str, Any]] = []
    for one in planned:
        person = one.professional
        said = one.revoked or None if left_out is None else left_out.get(person.pk)
        if said is None:
            staying.append(one)
            continue
        reason = " ".join(said.split())
        if not reason:
            raise Refused(f"why_out_{person.pk}", f"Say why {person.name} gets no copy")
        out.append(
            {
                "professional": person.pk,
                "name": person.name,
                "agency": person.agency.name,
                "reason": reason[:300],
            }
        )
    return staying, out


def let_through(found: Iterable[Finding], accepted: Mapping[str, str]) -> list[dict[str, str]]:
    """Every finding with the reason why it may leave, to be kept. Raises Refused at one without a reason."""
    let: list[dict[str, str]] = []
    for place, one in enumerate(found):
        reason = " ".join(accepted.get(one.key, "").split())
        if not reason:
            raise Refused(f"accept_{place}", f"{one.sentence} Mend it, or say why it may go out.")
        let.append({"key": one.key, "sentence": one.sentence, "reason": reason[:300]})
    return let


def secrets_of(case: Case) -> list[Secret]:
    """Every confidential address of a case's children and family, with that person's number.

    Also of those taken off the case: an address stays a secret.
    """
    everybody = [_Place(*row) for row in _places(Child, case).union(_places(FamilyMember, case), all=True)]
    everybody.sort(key=lambda one: (not one.is_child, one.pk))
    young, grown = ([one for one in everybody if one.is_child is child] for child in (True, False))
    kept = kept_places(young, grown)
    children = [
        Secret(f"child:{one.pk}", one.name, address=f"{one.address}\n{one.postcode}")
        for one in young
        if one.address_confidential or kept.everywhere
    ]
    family = [
        Secret(f"familymember:{one.pk}", one.name, f"{one.address}\n{one.postcode}", one.phone)
        for one in grown
        if one.address_confidential
    ]
    return children + family


class _Place(NamedTuple):
    """Where somebody of a family lives, and whether that is hidden."""

    is_child: bool
    pk: int
    name: str
    address: str
    postcode: str
    address_confidential: bool
    in_household: bool
    phone: str


def _places(people: type[Child] | type[FamilyMember], case: Case) -> QuerySet[Any, Any]:
    """A row for each of them, as `_Place` has it; children are named as `Child.name` says."""
    born = Trim(Concat("given_names", Value(" "), "family_name"))
    unborn = When(is_unborn=True, given_names="", then=Concat(Value("Unborn baby "), "family_name"))
    told: dict[str, Any] = (
        {"said": Choice(unborn, default=born), "lives_in": Value(True), "rings": Value("")}
        if people is Child
        else {"said": F("name"), "lives_in": F("in_household"), "rings": F("phone")}
    )
    rows = people.everyone.filter(case=case).order_by().annotate(young=Value(people is Child), **told)
    return rows.values_list(
        "young", "pk", "said", "address", "postcode", "address_confidential", "lives_in", "rings"
    )


def _copy(one: Planned) -> Copy:
    person = one.professional
    return Copy(
        f"professional:{person.pk}",
        person.name,
        one.was_there,
        one.was_invited,
        person.email,
        bool(person.email) and _is_retired(person.email),
        person.agency.name,
        person.agency.kind in STATUTORY,
        one.cut,
    )


def _is_retired(email: str) -> bool:
    try:
        normalise_address(email)
    except BadAddressError as fault:
        return "closed down" in str(fault)
    return False


def _because(one: Any) -> str:
    if one.mode in TAKES_PART:
        return "Took part"
    if one.mode is not None:
        return "Contributed or was expected, was not there"
    if one.is_invited:
        return "Was invited"
    return "Was on the list of an earlier version" if one.had_copy else "Added by business support"
