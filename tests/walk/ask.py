"""From a referral to an authorised request, typed by hand."""

from datetime import timedelta

from django.utils import timezone

from tests.walk.families import Family
from tests.walk.people import Person


def record_referral(worker: Person, family: Family) -> int:
    """The social worker searches, then types the family and what came in; returns the request's number."""
    first = family.children[0]
    worker.go("/")
    worker.follow("Record a referral")
    worker.type("words", f"{first.given_names} {first.family_name}")
    worker.press("Search")
    worker.go("/referrals/new/family/")
    for place, child in enumerate(family.children):
        if place:
            worker.press("Add another child")
        prefix = f"children-{place}-"
        worker.type(f"{prefix}given_names", child.given_names)
        worker.type(f"{prefix}family_name", child.family_name)
        if child.born:
            worker.type_date(f"{prefix}date_of_birth", child.born)
        else:
            worker.choose(f"{prefix}birth", "unborn")
            worker.type_date(f"{prefix}expected_date", child.expected or timezone.localdate())
        worker.choose(f"{prefix}abuse_types", "PHY")
        if child.looked_after:
            worker.select(f"{prefix}status", "Looked after")
        worker.type(f"{prefix}address", "7 Invented Close, Ambleford")
    worker.type("family-0-name", f"Carol {first.family_name}")
    worker.type("family-0-relationship", "Mother")
    worker.tick("family-0-has_parental_responsibility")
    worker.type_moment("triggered_at", timezone.now() - timedelta(minutes=20))
    worker.type("narrative", family.story)
    worker.select("source", "School")
    worker.type("referrer_name", "David Kerr")
    worker.type("referrer_role", "Designated safeguarding lead")
    worker.type("referrer_email", "david.kerr@elm-street.example")
    worker.type("another_because", "Another family of this name")
    worker.press("Record and ask for a discussion")
    worker.has_no_problem()
    worker.sees("Strategy request", *[child.name for child in family.children])
    return worker.number_in_address()


def tick_circumstance(worker: Person, request: int, family: Family) -> None:
    """Ticking shows at once by when the discussion must be held."""
    worker.go(f"/requests/{request}/circumstances/")
    worker.choose("kinds", family.circumstance)
    if family.same_day:
        worker.page.get_by_text("must be held on the same day", exact=False).first.wait_for()
    worker.press("Save and go on")
    worker.has_no_problem()


def fill_request(worker: Person, request: int, family: Family) -> None:
    """The other sections, each saved by itself, with professionals picked from the directory and typed in."""
    worker.go(f"/requests/{request}/children/")
    worker.press("Save")
    worker.has_no_problem()
    worker.go(f"/requests/{request}/what-happened/")
    worker.type("threshold_reason", "An injury that the explanation does not fit.")
    worker.type("harm_summary", family.story)
    worker.choose("parents_informed", "not_informed")
    worker.type("parents_reason", "It could put the children at risk tonight.")
    worker.press("Save")
    worker.has_no_problem()
    worker.go(f"/requests/{request}/format/")
    worker.choose("format_wanted", "face_to_face")
    worker.type("direct_number", "01632 960210")
    worker.press("Save")
    worker.has_no_problem()
    name_professionals(worker, request, family)
    worker.go(f"/requests/{request}/availability/")
    worker.type("availability", "Any time today from now on")
    worker.press("Save")
    worker.has_no_problem()


def name_professionals(worker: Person, request: int, family: Family) -> None:
    """Police and health from the directory; the school is typed in, perhaps without an address."""
    worker.go(f"/requests/{request}/professionals/")
    if not worker.page.locator("[name='picked-0-professional']").count():
        worker.page.locator("button[name='_add'][value='picked']").click()
    worker.select("picked-0-professional", "Grace Okoro")
    wanted = ["Hannah Voss", *(["Leila Marsh"] if family.looked_after else [])]
    for place, name in enumerate(wanted, start=1):
        if not worker.page.locator(f"[name='picked-{place}-professional']").count():
            worker.page.locator("button[name='_add'][value='picked']").click()
        worker.select(f"picked-{place}-professional", name)
    if not worker.page.locator("[name='typed-0-name']").count():
        worker.page.locator("button[name='_add'][value='typed']").click()
    worker.type("typed-0-name", "Sunita Rao")
    worker.type("typed-0-job_role", "Headteacher")
    worker.select("typed-0-agency", "Elm Street Primary School")
    worker.type("typed-0-phone", "01632 960333")
    if not family.school_has_no_email:
        worker.type("typed-0-email", "sunita.rao@elm-street.example")
    worker.press("Save")
    worker.has_no_problem()


def submit(worker: Person, request: int) -> None:
    """Check answers and submit."""
    worker.go(f"/requests/{request}/check/")
    worker.press("Submit")
    worker.has_no_problem()
    worker.sees("Waiting to be authorised")


def decide_protection(manager: Person, request: int) -> None:
    """The immediate protection decision, against its clock."""
    manager.go(f"/requests/{request}/protection/")
    manager.type("decision", "They stay with their grandmother tonight.")
    manager.type("police_contact", "Duty sergeant, by telephone")
    manager.type_moment("decided_at", timezone.now() - timedelta(minutes=1))
    manager.page.locator("main form button.govuk-button").last.click()
    manager.page.wait_for_load_state()
    manager.has_no_problem()


def return_request(manager: Person, request: int) -> None:
    """Sent back with a reason for one section."""
    manager.go(f"/requests/{request}/return/")
    manager.type("what-happened", "Say who saw the injury, and when.")
    manager.press("Return")
    manager.has_no_problem()


def put_right(worker: Person, request: int) -> None:
    """The requester sees the reason, puts that section right, and submits again."""
    worker.go(f"/requests/{request}/")
    worker.sees("Say who saw the injury, and when.")
    worker.go(f"/requests/{request}/what-happened/")
    worker.type("harm_summary", "The class teacher saw the swollen wrist this morning.")
    worker.press("Save")
    worker.has_no_problem()
    submit(worker, request)


def authorise(manager: Person, request: int) -> None:
    """On one page, as the chair will see it."""
    manager.take_up("Authorise")
    assert f"/requests/{request}/" in manager.page.url, manager.page.url
    manager.press("Read and authorise")
    manager.press("Authorise")
    manager.has_no_problem()
    manager.sees("Authorised")
