"""A world with something at every point of the way, and everybody who may come to a page."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.signals import got_request_exception
from django.test import Client
from django.utils import timezone

from attendees.keys import LINKS
from attendees.models import DiscussionCall, Professional
from attendees.services.files import Upload, make_ready
from attendees.services.information import answer_information
from cases import services as cases
from cases.models import Case
from cases.rules import ChildFacts, FamilyFacts
from deadlines.models import Deadline
from escalations.models import Escalation
from minutes.enums import Answer, FamilyIsTold, RenditionKind
from minutes.models import (
    Action,
    Agreement,
    Arrangement,
    Dissent,
    EvidenceFile,
    FamilySharing,
    Minutes,
    Reassignment,
    Section,
)
from minutes.rules.renditions import Cut
from minutes.services.evidence import keep_evidence
from minutes.services.reassigning import offer_action
from minutes.services.renditions import make_copy
from minutes.services.round import answer_record
from protocols.models import LocalProtocol
from protocols.services import draft
from referrals.enums import AbuseType
from referrals.models import Referral
from referrals.rules import ReferralFacts
from referrals.services import ConcernFacts, NewCase
from strategy import services
from strategy.clocks import keep_clocks
from strategy.enums import Format, Outcome
from strategy.models import Decision, Discussion, EmergencyPower, Enquiry, StrategyRequest
from strategy.rules.powers import PowerFacts
from strategy.services.enquiries import Ending, record_no_conference
from strategy.services.police import forward_to_police
from strategy.views.seeking import SOUGHT
from tests.builders.after import a_circulation, a_finished_record, an_authorised_version, professional_named
from tests.builders.booking import a_booked_discussion, a_referral_desk
from tests.builders.files import a_pdf
from tests.builders.ladder import an_escalation
from tests.builders.meeting import a_full_record, a_held_discussion, an_opened_record
from tests.builders.requests import (
    a_draft_request,
    a_referral,
    a_submitted_request,
    an_authorised_request,
    siblings,
)
from tests.people import PASSWORD, Cast, cast, person

STAFF = ("sam", "mo", "ada", "asha", "bea", "eve", "hal", "ira", "adi", "olga", "otto")
PARTNERS = ("paul", "stranger", "dee", "link")  # invited; not; an agency's desk; by link
NOBODY = ("anonymous", "gone")  # never signed in; signed in when the account was closed
EVERYBODY = (*STAFF, *PARTNERS, *NOBODY)
BEFORE = frozenset({"sam", "mo", "ada", "asha", "hal", "ira"})  # the case's team, and who reads every case
AFTER = BEFORE | {"bea"}  # business support comes in with the authorisation


@dataclass
class World:
    """The cast, a request or discussion at each point, and a browser for everybody."""

    people: Cast
    now: datetime
    requests: dict[str, StrategyRequest] = field(default_factory=dict)
    referrals: dict[str, Referral] = field(default_factory=dict)
    discussions: dict[str, Discussion] = field(default_factory=dict)
    escalations: dict[str, Escalation] = field(default_factory=dict)
    circles: dict[str, frozenset[str]] = field(default_factory=dict)
    browsers: dict[str, "Browser"] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)  # each visitor's page for what is not there

    def request(self, place: str) -> StrategyRequest:
        """The request at this place of the way."""
        return self.requests[place]

    def discussion(self, place: str) -> Discussion:
        """The discussion at this place of the way."""
        return self.discussions[place]

    def minutes(self, place: str) -> Minutes:
        """Its record."""
        return Minutes.objects.get(discussion=self.discussions[place])

    def case(self, place: str) -> Case:
        """The case of what stands at this place."""
        return (self.requests[place] if place in self.requests else self.referrals[place]).case

    def procedure(self, *, drafted: bool = False) -> LocalProtocol:
        """The local procedure in force, or a version of it that is not yet published."""
        version = self.requests["draft"].protocol
        if not drafted:
            return version
        drafts = LocalProtocol.objects.filter(published_at=None)
        now = timezone.now()
        return drafts.first() or draft(version.data, by=None, at=now, effective_from=timezone.localdate(now))


def family() -> list[ChildFacts]:
    """Two children with something personal in every field, which is looked for where it must not be."""
    born = timezone.localdate().replace(day=1, year=timezone.localdate().year - 9)
    return [
        ChildFacts(
            given_names="Zephyrine",
            family_name="Quillfeather",
            also_known_as="Tansyname",
            date_of_birth=born,
            language="Plovertongue",
            disability="Sedgewick condition",
            nhs_number="9434765919",
            upn="H801200001001",
            local_identifier="LCN77421",
            address="17 Wagtail Orchard",
            postcode="ZZ99 7WT",
            previous_addresses="3 Dunlin Parade, Fulmarshire",
            school="Wrenbury Invented School",
            gp="Dr Ibisworth",
            home_authority="Gannetshire Council",
            placing_authority="Merganserford Council",
            host_authority="Shelduckham Council",
        ),
        ChildFacts(
            given_names="Barnabas", family_name="Quillfeather", date_of_birth=born.replace(year=born.year + 2)
        ),
    ]


def relatives(people: Cast, request: StrategyRequest, at: datetime) -> None:
    """Somebody of the family with something personal in every field, and a baby not born yet."""
    due = timezone.localdate() + timedelta(days=40)
    lodger = FamilyFacts(
        name="Ottoline Avocetson",
        relationship="Lodger",
        in_household=False,
        is_alleged_person=True,
        position_of_trust="Plovermaster at Turnstone Scouts",
        interpreter_needed=True,
        language="Knotspeech",
        address="9 Sanderling Wharf",
        postcode="ZZ99 8SW",
        address_confidential=True,
        phone="01632 960888",
    )
    cases.add_family_member(request.case, lodger, by=people.sam, at=at)
    baby = ChildFacts(family_name="Quillfeather", is_unborn=True, expected_date=due)
    cases.add_child(request.case, baby, by=people.sam, at=at)


CANARIES = (
    "Zephyrine",
    "Quillfeather",
    "Tansyname",
    "Plovertongue",
    "Sedgewick",
    "9434765919",
    "943 476 5919",
    "LCN77421",
    "H801200001001",
    "Wagtail Orchard",
    "ZZ99 7WT",
    "Dunlin Parade",
    "Gannetshire",
    "Merganserford",
    "Shelduckham",
    "Wrenbury",
    "Ibisworth",
    "Barnabas",
    "Avocetson",
    "Plovermaster",
    "Knotspeech",
    "Sanderling",
    "ZZ99 8SW",
    "960888",
    "Carol Fenwick",
    "Kit Fenwick",
    "told her teacher",
    "twisted her arm",
    "fracture that the explanation",
    "was the left arm",
    "Stays with grandmother",
)


def make_world() -> World:
    """Build it with the real services, as the people of the cast would."""
    from tests.walker.kept import keep
    from tests.walker.nights import keep_night

    people, now = cast(), timezone.now()
    world = World(people, now)
    _requests(world)
    _discussions(world)
    _elsewhere(world)
    keep_night(world)
    _calls(world)
    _escalations(world)
    _for_the_family(world)
    for place, one in world.discussions.items():
        world.requests[place] = one.request
    world.circles |= dict.fromkeys(world.discussions, AFTER)
    world.browsers |= {name: browser_of(world, name) for name in EVERYBODY}
    a_late_clock(world.discussions["circulated"])
    an_order(world, "circulated")
    an_offer(world, "held")
    a_deferral(world.discussions["held"])
    by_telephone(world.discussions["ready"])
    keep(world)
    return world


def an_order(world: World, place: str) -> None:
    """An emergency protection order for the first child, made an hour ago for five days."""
    first = world.case(place).children.all()[0]
    facts = PowerFacts(
        kind="emergency_protection_order",
        started_at=world.now - timedelta(hours=1),
        expires_at=world.now + timedelta(days=5),
        authority="Northshire Family Court",
        told="Carol Fenwick, in court",
    )
    services.record_power(first, facts, by=world.people.sam, at=world.now)


def an_offer(world: World, place: str) -> None:
    """Paul's action, offered to Hetty, who has not answered."""
    theirs = Action.objects.get(pk=action(world, place))
    hetty = Professional.objects.get(name="Hetty Hall")
    offer_action(theirs, hetty, why="Zephyrine knows her", by=world.people.paul, at=world.now)


def a_deferral(discussion: Discussion) -> None:
    """As though the last child's decision had been put off to next week."""
    last = Decision.objects.filter(discussion=discussion).latest("pk")
    last.outcome, last.deferred_to = Outcome.DEFERRED, timezone.localdate() + timedelta(days=7)
    last.save()
    keep_clocks(discussion.request.referral, by=None, at=timezone.now())


def by_telephone(discussion: Discussion) -> None:
    """As though it had been held by telephone, so that a meeting is still to follow."""
    discussion.format = Format.TELEPHONE_CONFERENCE
    discussion.save(update_fields=["format"])


def a_late_clock(discussion: Discussion) -> None:
    """As though the chair's check, which was met, had been due a moment earlier; nobody has said why."""
    check = Deadline.objects.get(case=discussion.case, duty="check_record")
    assert check.met_at is not None
    due = check.met_at - timedelta(minutes=1)
    Deadline.objects.filter(pk=check.pk).update(starts_at=due, due_at=due, breached_at=due)


def _requests(world: World) -> None:
    people, now = world.people, world.now
    world.requests["draft"] = a_draft_request(people, at=now, children=family())
    relatives(people, world.requests["draft"], now)
    world.requests["submitted"] = a_submitted_request(people, at=now, children=family())
    Professional.objects.filter(name="Paul Pike").update(user=people.paul)
    world.requests["authorised"] = an_authorised_request(people, at=now, children=family())
    world.circles |= {"draft": BEFORE, "submitted": BEFORE, "authorised": AFTER}
    world.referrals["unasked"] = a_referral(people, at=now, children=family())
    world.circles["unasked"] = BEFORE
    forward_to_police(world.requests["authorised"], agency=people.police, by=people.bea, at=now)


def _discussions(world: World) -> None:
    """One for each state; each at its own hour, since chair and line are taken once at a time."""
    people, now = world.people, world.now
    hours: Callable[[int], datetime] = lambda number: now - timedelta(hours=number)  # noqa: E731
    record = a_finished_record(people, at=hours(3), children=family())
    paul = record.discussion.attendance.get(name="Paul Pike")
    answer_record(record, paul, Answer.CORRECTS, text="It was the left arm.", by=people.paul, at=hours(3))
    world.discussions |= {
        "booked": a_booked_discussion(people, at=now, children=family()),
        "desk": a_desk_asked(people, now),
        "opened": an_opened_record(people, at=hours(6), children=family()).discussion,
        "live": a_full_record(people, at=now, children=family()).discussion,
        "held": a_held_discussion(people, at=hours(9), children=family()),
        "checked": record.discussion,
        "circulated": a_circulation(people, at=hours(12), children=family()).version.minutes.discussion,
        "ready": an_authorised_version(people, at=hours(15), children=family()).minutes.discussion,
    }


def a_desk_asked(people: Cast, now: datetime) -> Discussion:
    """A discussion to which a shared mailbox is asked, that nobody has taken over."""
    return a_booked_discussion(
        people, at=now, start=now + timedelta(hours=5), professionals=[a_referral_desk(people)],
        children=family(),
    )  # fmt: skip


def _for_the_family(world: World) -> None:
    """The chair decided that the family is told, and business support had their copy made."""
    minutes = Minutes.objects.get(discussion=world.discussions["circulated"])
    told = {"told": FamilyIsTold.SHARE, "what": "That an enquiry has begun."}
    FamilySharing.objects.filter(minutes=minutes).update(**told)
    version = minutes.versions.latest("number")
    make_copy(minutes, version, Cut(RenditionKind.FAMILY), by=world.people.bea, at=world.now)


def _calls(world: World) -> None:
    for place in ("live", "checked", "circulated"):
        a_call(world.discussions[place])


def _escalations(world: World) -> None:
    """Paul raised one with the council, the council one with health; Paul had referred what is submitted."""
    people, now = world.people, world.now
    paul = Professional.objects.get(name="Paul Pike")
    told: dict[str, Any] = {"at": now, "facts": "He was not asked."}
    place = {name: world.discussions[name] for name in ("circulated", "held")}
    world.escalations["circulated"] = an_escalation(
        place["circulated"].case, people, by=paul, against=people.council, **told
    )
    world.escalations["held"] = an_escalation(place["held"].case, people, against=people.health, **told)
    submitted = world.requests["submitted"].referral
    submitted.referrer_email = paul.email
    submitted.save(update_fields=["referrer_email"])


def _elsewhere(world: World) -> None:
    """A case of the other team, and a restricted one of Sam's own."""
    people, now = world.people, world.now
    mother = FamilyFacts(name="Dora Quill", relationship="Mother", has_parental_responsibility=True)
    theirs = services.take_referral(
        ReferralFacts(triggered_at=now - timedelta(hours=1), source="2A", narrative="Bruises."),
        new_case=NewCase(team=people.other_team, children=siblings(1), family=[mother]),
        concerns=[ConcernFacts(child=0, abuse_type=AbuseType.PHYSICAL)],
        by=people.olga,
        at=now,
    )
    world.requests["theirs"] = services.start_request(theirs, by=people.olga, at=now)
    world.circles["theirs"] = frozenset({"olga", "otto", "hal", "ira"})
    closed = a_draft_request(people, referral=a_referral(people, at=now, children=family()), at=now)
    Case.objects.filter(pk=closed.case_id).update(restricted=True)
    world.requests["restricted"] = closed
    world.circles["restricted"] = BEFORE - {"hal", "ira"}


class Browser(Client):
    """A test client that keeps no copy of each template's context: thousands of pages are asked for."""

    def request(self, **request: Any) -> Any:
        """Ask, and note the exception behind an error page."""
        broken: list[Any] = []

        def note(**more: Any) -> None:
            broken.append(sys.exc_info())

        got_request_exception.connect(note)
        try:
            response: Any = self.handler(self._base_environ(**request))  # type: ignore[attr-defined]
        finally:
            got_request_exception.disconnect(note)
        response.exc_info = broken[0] if broken else None
        if response.cookies:
            self.cookies.update(response.cookies)
        return response


def browser_of(world: World, name: str) -> Browser:
    """A browser in which this visitor is signed in, or came by link, and has been for a moment."""
    client = Browser(raise_request_exception=False)
    if name == "link":
        come_by_link(client, world, "Hetty Hall")
    elif name == "gone":
        leaver = person("Gus Gone", "team_manager", agency=world.people.council, team=world.people.team)
        client.force_login(leaver)
        leaver.is_active = False
        leaver.save(update_fields=["is_active"])
    elif name != "anonymous":
        user = getattr(world.people, name)
        client.force_login(user)
        client.get("/stay/")
        session = client.session
        # as though they had just given their password: who has not is asked to before sending a record
        given = {"method": "password", "at": timezone.now().timestamp() + 3600, "email": user.email}
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [given]
        session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
        session[SOUGHT] = {}  # as though they had just searched for a child whom nobody knows
        session.save()
    return client


def come_by_link(client: Client, world: World, name: str) -> None:
    """As though the codes of this partner's links had been entered in this browser."""
    moment = int(timezone.now().timestamp())
    session = client.session
    names = (name, "Referral desk")
    held = [
        link for one in world.discussions.values() for link in one.links.filter(professional__name__in=names)
    ]
    session[LINKS] = {str(link.pk): [moment, moment] for link in held}
    session.save()


# --- The things that an address names -------------------------------------------------------------------


def child(world: World, place: str) -> int:
    """The first child of the case at this place."""
    return world.case(place).children.all()[0].pk


def unborn(world: World, place: str) -> int:
    """The unborn child of the case at this place."""
    return int(world.case(place).children.get(is_unborn=True).pk)


def member(world: World, place: str) -> int:
    """Somebody of the family, with something personal in every field."""
    return int(world.case(place).family.latest("pk").pk)


def invitation(world: World, place: str, name: str = "Hetty Hall") -> int:
    """Somebody's invitation."""
    return int(world.discussion(place).invitations.get(professional__name=name).pk)


def section(world: World, place: str, field_name: str = "worries") -> int:
    """One cell of the record."""
    found = Section.objects.filter(minutes__discussion=world.discussion(place), field=field_name)
    return int(found.order_by("pk")[0].pk)


def action(world: World, place: str, owner: str = "Paul Pike") -> int:
    """An action of the record."""
    mine = Action.objects.filter(minutes__discussion=world.discussion(place), owner__name=owner)
    return int(mine.order_by("number")[0].pk)


def action_with_file(world: World, place: str) -> int:
    """The same action, with a file that shows that it was done."""
    pk = action(world, place)
    if not EvidenceFile.objects.filter(action=pk).exists():
        (ready,) = make_ready([Upload("letter.pdf", a_pdf())])
        keep_evidence(Action.objects.get(pk=pk), ready, by=professional_named("Paul Pike"), at=timezone.now())
    return pk


def desk_action(world: World, owner: str) -> int:
    """An action of somebody at a partner agency, in the discussion whose minutes went out."""
    minutes = world.discussion("circulated").minutes
    whose = Professional.objects.get(name=owner)
    taken = {"text": "Weigh Kit at the clinic", "due_at": world.now, "agreed_at": world.now}
    found, _ = Action.objects.get_or_create(
        minutes=minutes, owner=whose, defaults={"number": 90 + whose.pk % 9, **taken}
    )
    return int(found.pk)


def desk_offer(world: World, owner: str) -> int:
    """The same, offered to a colleague."""
    pk = desk_action(world, owner)
    action = Action.objects.select_related("owner").get(pk=pk)
    if not Reassignment.objects.waiting().filter(action=action).exists():
        colleague, _ = Professional.objects.get_or_create(
            name="Nia Nash", agency=action.owner.agency, defaults={"job_role": "Nurse"}
        )
        Reassignment.objects.create(
            action=action, to=colleague, why="She has the list", by_ref="user:0", at=world.now
        )
    return pk


def attendance(world: World, place: str, name: str = "Hetty Hall") -> int:
    """How somebody took part."""
    return int(world.discussion(place).attendance.get(name=name).pk)


def call(world: World, place: str) -> int:
    """A telephone call of the discussion."""
    return int(world.discussion(place).calls.get().pk)


def rung(world: World, place: str) -> int:
    """Somebody who may be rung; nobody in the discussion that is over."""
    return Professional.objects.get(name="Paul Pike").pk if place == "live" else 0


def a_call(discussion: Discussion) -> None:
    """Written down as though it had been made from the room."""
    paul = Professional.objects.get(name="Paul Pike")
    hetty = Professional.objects.get(name="Hetty Hall")
    row = DiscussionCall(discussion=discussion, number=1, caller=hetty, whom=str(paul), outcome="reached")
    row.began_at = row.ended_at = discussion.planned_start
    row.said = "Known to us since May."
    row.save()
    row.people.set([paul])


def arrangement(world: World, place: str) -> int:
    """An arrangement to see somebody."""
    return int(Arrangement.objects.filter(minutes__discussion=world.discussion(place)).order_by("pk")[0].pk)


def dissent(world: World, place: str) -> int:
    """A view that differs, of somebody who takes part."""
    minutes, whose = world.minutes(place), attendance(world, place)
    told = {"view": "The threshold was met.", "by": world.people.bea, "at": world.now}
    found, _ = Dissent.objects.get_or_create(minutes=minutes, attendance_id=whose, defaults=told)
    return int(found.pk)


def log(world: World, place: str) -> int:
    """The action log to sign."""
    return int(world.minutes(place).action_logs.latest("number").pk)


def enquiry(world: World, place: str) -> int:
    """The section 47 enquiry that a discussion decided on."""
    return int(Enquiry.objects.filter(discussion=world.discussion(place)).order_by("pk")[0].pk)


def unconfirmed(world: World, place: str) -> int:
    """An enquiry closed in Mo's name, who has not confirmed it yet: written down by Sam on first need."""
    people, now = world.people, timezone.now()
    found = Enquiry.objects.filter(discussion=world.discussion(place)).order_by("-pk")[0]
    if found.closed_at is None:
        ending = Ending("not_substantiated", ["MONITOR_FLAG"])
        record_no_conference(
            found, why="Explained.", manager=people.mo, decided_at=now, ending=ending, by=people.sam, at=now
        )
    return int(found.pk)


def visit_clock(world: World, place: str) -> int:
    """The clock by which a child is to be seen."""
    running = Deadline.objects.running().filter(case=world.case(place), duty="child_seen")
    return int(running.order_by("pk")[0].pk)


def power(world: World, place: str) -> int:
    """The order that was made."""
    return int(EmergencyPower.objects.get(child__case=world.case(place)).pk)


def deferred(world: World, place: str) -> int:
    """The decision that was put off."""
    return int(Decision.objects.get(discussion=world.discussion(place), outcome=Outcome.DEFERRED).pk)


def late_clock(world: World, place: str) -> int:
    """The chair's check, which came late."""
    return int(Deadline.objects.owing().get(case=world.case(place), duty="check_record").pk)


def agreement(world: World, place: str) -> int:
    """A correction that was proposed."""
    found = Agreement.objects.filter(minutes__discussion=world.discussion(place), answer=Answer.CORRECTS)
    return int(found.get().pk)


def copy(world: World, place: str, name: str = "Hetty Hall") -> int:
    """Somebody's copy of the minutes."""
    version = world.minutes(place).versions.latest("number")
    return int(version.circulation.recipients.get(professional__name=name).pk)


def file(world: World, place: str) -> str:
    """A file that Hetty sent for a discussion, sent on first need."""
    asked = world.discussion(place).information.get(professional__name="Hetty Hall")
    found = asked.files.first()
    if found is None:
        answer_information(
            asked,
            status="returned",
            files=[Upload("history.pdf", a_pdf())],
            by=asked.professional,
            at=timezone.now(),
        )
        found = asked.files.get()
    return str(found.token)


def forward(world: World, place: str) -> int:
    """The letter to the police."""
    return int(world.request(place).police_forwards.latest("pk").pk)


def token(world: World, place: str, name: str = "Hetty Hall") -> str:
    """The token of a partner's link."""
    from tests.builders.booking import link_of

    return link_of(world.discussion(place), name)[1]


Facts = dict[str, Any]
__all__ = ["AFTER", "BEFORE", "EVERYBODY", "NOBODY", "PARTNERS", "PASSWORD", "STAFF", "World", "make_world"]
