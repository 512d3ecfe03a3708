"""Invented families at every point of the way, so that each role finds something to do."""

from datetime import date, datetime, time, timedelta

from attendees.services.inviting import invite_more
from cases.enums import ChildStatus
from cases.rules import ChildFacts, FamilyFacts
from deadlines.working_days import at_local, england, local_date
from escalations import services as escalations
from escalations.enums import Cause
from minutes.services import versions
from minutes.services.follow_through import complete_action
from minutes.services.reminding import remind_of_actions
from outbox.models import Letter
from referrals.enums import CircumstanceKind
from strategy.enums import SeenAlone, SeenHow
from strategy.models import Place, StrategyRequest
from strategy.services import record_child_seen
from strategy.services.places import block_place
from worklist.demo.night import of_the_night
from worklist.demo.people import Town
from worklist.demo.way import HOUR, Family

DAY = timedelta(days=1)


def _child(name: str, family: str, born: date | None, **more: object) -> ChildFacts:
    facts = {"address": "12 Invented Terrace, Ambleford", "school": "Elm Street Primary School"} | more
    return ChildFacts(given_names=name, family_name=family, date_of_birth=born, **facts)  # type: ignore[arg-type]


def _morning(latest: datetime) -> datetime:
    """Nine o'clock of the last working day that had begun by `latest`: what is past kept office hours."""
    day = local_date(latest)
    while not england().is_working(day) or at_local(day, time(9)) > latest:
        day -= DAY
    return at_local(day, time(9))


def fill(town: Town, now: datetime) -> None:
    """One family at each point, the newest last, around `now`."""
    _left(town, now)
    _circulated(town, now)
    _with_chair(town, now)
    _booked(town, now)
    _authorised(town, now)
    _submitted(town, now)
    _breached(town, now)
    _draft(town, now)
    of_the_night(town, now)
    _out_of_use(town, now)
    _post_yesterdays_letters(now)


def _post_yesterdays_letters(now: datetime) -> None:
    """A past of days is made in one moment: its letters leave when the demonstration starts.

    Otherwise each would be given up as too late, and every invitation of the past would need a person.
    """
    Letter.objects.waiting().filter(important_until__lt=now + HOUR).update(important_until=now + DAY)


def _out_of_use(town: Town, now: datetime) -> None:
    """One room is out of use from tomorrow on; nothing is booked there."""
    room = Place.objects.get(name="Room 4, Harbour Centre")
    start = (now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    end, why = start + timedelta(days=3), "The heating is being repaired"
    block_place(room, start=start, end=end, reason=why, by=town.business_support, at=now)


def parents(family: str) -> list[FamilyFacts]:
    """The mother, who has parental responsibility, and the stepfather who may have caused the harm."""
    return [
        FamilyFacts(name=f"Joanne {family}", relationship="Mother", has_parental_responsibility=True),
        FamilyFacts(name="Neil Strand", relationship="Stepfather", is_alleged_person=True),
    ]


def siblings(family: str, now: datetime, first: str, second: str) -> list[ChildFacts]:
    """Two children of one family, of eight and six years."""
    year = now.year
    return [
        _child(first, family, date(year - 8, 3, 4), sex="F"),
        _child(second, family, date(year - 6, 9, 21), sex="M"),
    ]


def _left(town: Town, now: datetime) -> None:
    """Held eleven days ago and nothing moved since: a child whose decision was put off and never made, and an
    action of the police long overdue, of which the sweep reminded them."""
    one = Family(
        town,
        siblings("Hollis", now, "Amber", "Jude"),
        parents("Hollis"),
        "Amber told a lunchtime supervisor that she is locked in her room when her stepfather is angry.",
    )
    received = _morning(now - 11 * DAY)
    request = one.refer(received, CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT)
    request = one.authorise(one.submit(request, received + HOUR), received + HOUR * 1.2)
    discussion = one.book(request, received + 4 * HOUR, received + HOUR * 1.5)
    one.answer(discussion, received + 2 * HOUR)
    start = received + 4 * HOUR
    minutes = one.hold(discussion, start, put_off_to=(start + 3 * DAY).date())
    one.sign(minutes, received + 5 * HOUR)
    one.circulate(minutes, received + 6 * HOUR)
    seen = start + 3 * HOUR
    for child in request.children.all():
        record_child_seen(
            child,
            seen_at=seen,
            seen_by=town.social_worker.name,
            how=SeenHow.SPOKEN,
            alone=SeenAlone.YES,
            place="At school",
            by=town.social_worker,
            at=seen,
        )
    for action in minutes.actions.filter(owner__user=town.social_worker):
        complete_action(
            action,
            what_was_done="Seen and spoken to; noted on the case.",
            done_at=action.due_at,
            by=town.social_worker,
            at=action.due_at,
        )
    remind_of_actions(start + 28 * HOUR)  # the officer was to interview within 26


def _circulated(town: Town, now: datetime) -> None:
    one = Family(
        town,
        siblings("Marlow", now, "Ellie", "Theo"),
        parents("Marlow"),
        "Ellie told her teacher that her stepfather twisted her arm on Saturday. Her wrist is swollen.",
    )
    received = _morning(now - 30 * HOUR)
    request = one.refer(received, CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT)
    request = one.authorise(one.submit(request, received + HOUR), received + HOUR * 1.2)
    discussion = one.book(request, received + 4 * HOUR, received + HOUR * 1.5)
    one.answer(discussion, received + 2 * HOUR)
    minutes = one.hold(discussion, received + 4 * HOUR)
    one.sign(minutes, received + 5 * HOUR)
    one.circulate(minutes, received + 6 * HOUR)


def _with_chair(town: Town, now: datetime) -> None:
    one = Family(
        town,
        siblings("Dunmore", now, "Freya", "Callum"),
        parents("Dunmore"),
        "A neighbour heard Freya screaming for an hour; Freya has a burn on her hand.",
    )
    received = now - 7 * HOUR
    request = one.refer(received, CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT)
    request = one.authorise(one.submit(request, received + HOUR), received + HOUR * 1.2)
    discussion = one.book(request, received + 4 * HOUR, received + HOUR * 1.5)
    one.answer(discussion, received + 2 * HOUR)
    minutes = one.hold(discussion, received + 4 * HOUR)
    versions.finish(minutes, by=town.business_support, at=received + 5 * HOUR)


def _booked(town: Town, now: datetime) -> None:
    one = Family(
        town,
        siblings("Ashdown", now, "Poppy", "Reuben"),
        parents("Ashdown"),
        "Poppy says that she is hit with a belt when her homework is wrong.",
    )
    request = one.refer(now - 3 * HOUR)
    request = one.authorise(one.submit(request, now - 2 * HOUR), now - HOUR * 1.5)
    start = (now + HOUR).replace(minute=0, second=0, microsecond=0)
    discussion = one.book(request, start, now - HOUR)
    one.answer(discussion, now - HOUR / 2)
    # invited later and not heard of yet: the desk of her trust has something to answer
    invite_more(discussion, [town.midwife], by=town.business_support, at=now - HOUR / 2)


def _authorised(town: Town, now: datetime) -> None:
    unborn = ChildFacts(
        family_name="Penrose",
        is_unborn=True,
        expected_date=(now + timedelta(days=60)).date(),
        address="3 Fictional Mews, Ambleford",
        address_confidential=True,
    )
    one = Family(
        town,
        [unborn],
        [FamilyFacts(name="Kayleigh Penrose", relationship="Mother", has_parental_responsibility=True)],
        "The community midwife is worried: an older child was removed two years ago, and the father is back.",
    )
    one.people = [town.officer, town.midwife]
    request = one.refer(
        now - 4 * HOUR, source="3F", referrer_name="Mary Tull", referrer_role="Safeguarding midwife"
    )
    one.authorise(one.submit(request, now - 2 * HOUR), now - HOUR)


def _submitted(town: Town, now: datetime) -> None:
    looked_after = _child(
        "Jamal",
        "Whitfield",
        date(now.year - 13, 5, 2),
        sex="M",
        status=ChildStatus.LOOKED_AFTER,
        school="Hill Academy",
        ethnicity="MWBC",
        disabilities=["LD"],
        disability="Needs short sentences and time to answer",
        home_authority="Westmarsh Council",
        previous_addresses="2 Fictional Quay, Westmarsh (Westmarsh Council), until last spring",
        address="The Old Invented School, Ambleford",
        postcode="ZZ99 4AB",
        address_confidential=True,
    )
    one = Family(
        town,
        [looked_after],
        [
            FamilyFacts(
                name="Rosa Whitfield",
                relationship="Mother",
                has_parental_responsibility=True,
                in_household=False,
                interpreter_needed=True,
                language="Portuguese",
                address="7 Fictional Harbour, Westmarsh",
                postcode="ZZ99 5CD",
                address_confidential=True,
                phone="07700 900145",
            ),
            FamilyFacts(
                name="Gareth Pole",
                relationship="Family friend",
                in_household=False,
                age=41,
                is_alleged_person=True,
                position_of_trust="Football coach of a youth club",
            ),
        ],
        "Jamal told his foster carer that an adult he met online has threatened him.",
    )
    one.people = [town.officer, town.health_visitor, town.fostering_worker]
    one.submit(one.refer(now - HOUR, CircumstanceKind.IMMEDIATE_RISK), now - HOUR / 2)


def _breached(town: Town, now: datetime) -> None:
    one = Family(
        town,
        siblings("Calloway", now, "Ivy", "Max"),
        parents("Calloway"),
        "Ivy came to school in the same clothes all week and is always hungry.",
    )
    request = one.refer(now - 31 * HOUR, by=town.second_worker)
    request = one.submit(request, now - 29 * HOUR)
    _escalated(town, request, now)


def _escalated(town: Town, request: StrategyRequest, now: datetime) -> None:
    """The school takes it up with the council that nothing was held; the social worker has answered."""
    council = town.team.agency
    facts = "The discussion was not held in time and nobody telephoned the school."
    matter = escalations.Matter(
        Cause.NOT_CONVENED, council, facts, "A discussion today.", about=f"referral:{request.referral_id}"
    )
    at = now - 2 * HOUR
    raised = escalations.raise_escalation(
        request.case, matter, by=town.second_worker, on_behalf_of=town.school_lead, at=at
    )
    escalations.record_response(
        raised, response="The team manager is asked to authorise it this morning.", by=town.second_worker,
        at=now - HOUR,
    )  # fmt: skip


def _draft(town: Town, now: datetime) -> None:
    one = Family(
        town,
        siblings("Thornby", now, "Alice", "Finn"),
        parents("Thornby"),
        "Alice has bruises on both upper arms and says she fell.",
    )
    one.refer(now - HOUR / 2, CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT)
