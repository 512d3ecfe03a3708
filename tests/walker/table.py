"""Every named address: where it leads, who may open it, and who may act there.

A new address without a line here fails, by name. `may` names whose page it is, the usual person first: to
everybody else who may see the case it answers 403, and 404 to whoever may not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.walker import kept as k
from tests.walker import nights as n
from tests.walker import world as w
from tests.walker.world import World

Kind = Literal["case", "partner", "signed in", "open"]
Kwargs = Callable[[World], dict[str, Any]]
EVERYONE_WHO_SEES = "sees"
MANAGERS = "mo ada"  # who authorises, in the procedure of Wirral
TAKERS = "sam mo ada asha"  # who take referrals and keep the family's details
ASKED = (
    "link paul sam mo bea"  # who are invited to every discussion: partners, and the three from social care
)
RUN = "bea mo"  # who run the meeting: minute-taker and chair
CHECK = "mo ada"  # who check and authorise minutes, in the procedure of Wirral
CIRCULATE = "bea"
OVER = "mo ada asha hal"  # who hold a manager's power over requests


@dataclass(frozen=True)
class Page:
    """One named address."""

    name: str
    place: str = ""
    kwargs: Kwargs = lambda world: {}
    may: str = EVERYONE_WHO_SEES
    kind: Kind = "case"
    post_only: bool = False
    acts: str | None = None  # who may act by POST, where that differs from who may read
    marker: str = "<h1"
    status: int = 200  # of the page as its usual person sees it
    query: str = ""
    wrong: tuple[Kwargs, ...] = field(default=())  # something of another case within this one's address

    def people(self, world: World, *, acting: bool) -> frozenset[str]:
        """Who may open the page, or act there."""
        told = self.acts if acting and self.acts is not None else self.may
        return world.circles[self.place] if told == EVERYONE_WHO_SEES else frozenset(told.split())

    def people_named(self) -> frozenset[str]:
        """Those whom `may` names."""
        return frozenset(self.may.split())

    @property
    def usual(self) -> str:
        """Whose page it usually is."""
        first = "mo" if self.may in ("", EVERYONE_WHO_SEES) else self.may.split()[0]
        return "link" if "link" in self.may.split() else first


def request(place: str, **more: Callable[[World], Any]) -> Kwargs:
    """The address of a request at this place, and what else it names."""
    return lambda world: {"pk": world.request(place).pk} | {key: of(world) for key, of in more.items()}


def discussion(place: str, **more: Callable[[World], Any]) -> Kwargs:
    """The address of a discussion at this place, and what else it names."""
    return lambda world: {"pk": world.discussion(place).pk} | {key: of(world) for key, of in more.items()}


def at(of: Callable[..., Any], *words: str) -> Callable[[World], Any]:
    """Something at a place of the way."""
    return lambda world: of(world, *words)


def same(value: Any) -> Callable[[World], Any]:
    """The same in every world."""
    return lambda world: value


def case(place: str) -> Kwargs:
    """The address of a case."""
    return lambda world: {"reference": world.case(place).reference}


def _r(name: str, place: str, may: str = EVERYONE_WHO_SEES, **more: Any) -> Page:
    return Page(name, place, request(place), may, **more)


def _d(name: str, place: str, may: str = EVERYONE_WHO_SEES, **more: Any) -> Page:
    return Page(name, place, discussion(place), may, **more)


def _part(name: str, place: str, may: str, key: str, of: Callable[[World, str], Any], **more: Any) -> Page:
    """A page about a part of a discussion; the same part of another discussion is not found there."""
    other = more.pop("other", "live" if place == "circulated" else "circulated")
    others = discussion(place, **{key: lambda world: of(world, other)})
    return Page(
        name, place, discussion(place, **{key: lambda world: of(world, place)}), may, wrong=(others,), **more
    )


def _e(name: str, place: str, may: str = EVERYONE_WHO_SEES, **more: Any) -> Page:
    return Page(name, place, lambda world: {"pk": world.escalations[place].pk}, may, **more)


def _p(name: str, place: str = "booked", **more: Any) -> Page:
    return Page(name, place, discussion(place), **{"may": ASKED, "kind": "partner"} | more)


def _own_file(name: str, **more: Any) -> Page:
    """A file that Hetty sent by her link: hers, and not another agency's of the same discussion."""
    return Page(name, "booked", discussion("booked", file=at(w.file, "booked")), "link", "partner", **more)


def _desk(name: str, marker: str = "<h1", **more: Callable[[World], Any]) -> Page:
    """What was asked of Hetty, for the desk of her agency; what was asked of the police is not there."""

    def kwargs(asked: str) -> Kwargs:
        return lambda world: {
            "invitation": w.invitation(world, "booked", asked),
            **{key: of(world) for key, of in more.items()},
        }

    return Page(
        name, "booked", kwargs("Hetty Hall"), "dee", "partner", marker=marker, wrong=(kwargs("Paul Pike"),)
    )


REFERRED: Kwargs = lambda world: {"pk": world.request("submitted").referral_id}  # noqa: E731
STEP: dict[str, Callable[[World], Any]] = {"step": lambda world: "reasons"}

ALLAUTH = (
    [
        Page(name, kind="open", status=status)
        for name, status in (
            ("account_login", 200),
            ("account_logout", 302),
            ("account_inactive", 200),
            ("account_signup", 200),
            ("account_reset_password", 200),
            ("account_reset_password_done", 200),
            ("account_reset_password_from_key_done", 200),
            ("account_email_verification_sent", 200),
            ("account_confirm_login_code", 302),
            ("mfa_authenticate", 302),
        )
    ]
    + [
        Page("account_confirm_email", "", lambda world: {"key": "wrong"}, kind="open"),
        Page("account_reset_password_from_key", "", lambda world: {"uidb36": "1", "key": "a-b"}, kind="open"),
    ]
    + [
        Page(name, kind="signed in")
        for name in (
            "account_reauthenticate",
            "account_email",
            "account_change_password",
            "account_set_password",
            "mfa_index",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
        )
    ]
)

PROCEDURE: Kwargs = lambda world: {"pk": world.procedure().pk}  # noqa: E731
DRAFTED: Kwargs = lambda world: {"pk": world.procedure(drafted=True).pk}  # noqa: E731
SYSTEM = [
    Page("health", kind="open", marker=""),
    Page("govuk:stay", kind="signed in", marker=""),
    Page("deadlines:calculator", kind="signed in"),
    Page("deadlines:live_limit", kind="signed in", marker=""),
    Page("referrals:new", kind="signed in", may="sam mo ada asha eve olga otto"),
    Page("referrals:new_family", kind="signed in", may="sam mo ada asha eve olga otto"),
    Page("worklist:home", kind="signed in"),
    Page("worklist:team", kind="signed in", may="mo ada asha hal otto"),
    Page("worklist:left", kind="signed in", may="mo ada asha hal otto"),
    Page(
        "worklist:tracker_sheet", kind="signed in", may="sam mo ada asha bea eve hal ira olga otto", marker=""
    ),
    Page("worklist:unallocated", kind="signed in", may="mo ada asha hal otto"),
    Page("worklist:tracker", kind="signed in", may="sam mo ada asha bea eve hal ira olga otto"),
    Page(
        "worklist:chase_shown",
        kind="signed in",
        may="sam mo ada asha bea eve hal ira olga otto",
        post_only=True,
    ),
    Page("worklist:cases", kind="signed in"),
    Page("worklist:queue", kind="signed in", may="bea eve mo ada asha hal otto"),
    Page("strategy:officer", kind="signed in", may="mo ada asha hal otto"),
    Page("worklist:letters", kind="signed in", may="bea hal adi"),
    Page("worklist:letter", "", lambda world: {"pk": k.failed_letter(world)}, "bea adi", "signed in"),
    Page("protocols:protocols", kind="signed in", may="adi hal"),
    Page("protocols:protocol", "", PROCEDURE, "adi hal", "signed in"),
    Page("protocols:draft", "", PROCEDURE, "adi", "signed in"),
    Page("protocols:from_file", kind="signed in", may="adi"),
    Page("protocols:download", "", PROCEDURE, "adi hal", "signed in", marker="[settings.routine_limit]"),
    Page("protocols:publish", "", DRAFTED, "adi", "signed in"),
    Page("worklist:try_protocol", "", PROCEDURE, "adi hal", "signed in"),
]


def _kept(name: str, of: Callable[[World], Any] | None = None, may: str = "adi", **more: Any) -> Page:
    """A page of the system; of one row, where it names one."""
    return Page(name, "", (lambda world: {"pk": of(world)}) if of else NOTHING, may, "signed in", **more)


NOTHING: Kwargs = lambda world: {}  # noqa: E731
ALL_STAFF = "mo sam ada asha bea eve hal adi olga otto"
DIRECTORY = "bea sam mo ada asha eve adi olga otto"
LISTS = "bea eve adi"
ADMINISTRATION = [
    *[
        _kept(name)
        for name in (
            "worklist:system", "worklist:staff", "worklist:add_person", "worklist:agencies",
            "worklist:add_agency", "strategy:duty_lines", "strategy:add_line", "strategy:places",
            "strategy:add_place", "strategy:paste_places", "deadlines:closure_days",
        )
    ],
    _kept("worklist:change_person", lambda world: world.people.sam.pk),
    _kept("worklist:close_account", lambda world: world.people.sam.pk),
    _kept("worklist:reopen_account", k.closed_account),
    _kept("worklist:hand_over", lambda world: world.people.sam.pk, "mo adi"),
    _kept("worklist:change_agency", lambda world: world.people.police.pk),
    _kept("worklist:add_team", lambda world: world.people.council.pk),
    _kept("worklist:change_team", lambda world: world.people.team.pk),
    _kept("strategy:change_line", k.duty_line),
    _kept("strategy:change_place", k.place),
    _kept("strategy:retire_place", k.place),
    _kept("strategy:bring_back_place", k.retired_place),
    _kept("strategy:out_of_use", None, LISTS),
    _kept("strategy:block_place", k.place, LISTS),
    Page(
        "strategy:lift_block", "", k.block, LISTS, "signed in", wrong=(k.block_of_another,)
    ),
    _kept("deadlines:remove_closure_day", k.closure_day),
    _kept("worklist:absences", None, ALL_STAFF),
    _kept("worklist:name_deputy", None, ALL_STAFF),
    _kept("worklist:end_cover", k.cover, "otto olga eve adi"),
    _kept("attendees:directory", None, DIRECTORY),
    _kept("attendees:add_professional", None, DIRECTORY),
    _kept("attendees:change_professional", k.entry, DIRECTORY),
    _kept("attendees:retire_professional", k.entry, LISTS),
    _kept("attendees:bring_back_professional", k.retired_entry, LISTS),
    _kept("attendees:paste_professionals", None, LISTS),
    _kept("worklist:duplicates", None, LISTS),
    _kept("worklist:merge", k.doubled_entry, LISTS),
]  # fmt: skip

WORKLIST = [
    Page(
        "deadlines:explain",
        "circulated",
        lambda world: {"pk": w.late_clock(world, "circulated")},
        OVER,
    ),
    *[
        Page(f"worklist:{name}", "circulated", case("circulated"))
        for name in ("case", "timeline", "chronology", "people", "discussions", "actions")
    ],
    # Sam is the allocated worker since the discussion named him.
    Page("worklist:access_log", "circulated", case("circulated"), "sam mo asha hal ira"),
    Page(
        "worklist:go",
        "draft",
        lambda world: {"subject": f"request:{world.request('draft').pk}"},
        status=302,
        marker="",
    ),
]

REQUESTS = [
    Page("referrals:on_case", "booked", case("booked"), TAKERS),
    Page("referrals:high_rating", "booked", case("booked"), TAKERS),
    Page(
        "referrals:answer",
        "unasked",
        lambda world: {"pk": world.referrals["unasked"].pk},
        "mo sam ada asha hal",
    ),
    *(
        Page(name, "draft", lambda world: {"pk": world.request("draft").referral_id}, TAKERS)
        for name in ("referrals:times", "attendees:correct_referral")
    ),
    _r("strategy:request", "draft"),
    _r("strategy:children", "draft", TAKERS),
    _r("strategy:add_child", "draft", TAKERS),
    Page(
        "strategy:change_child",
        "draft",
        request("draft", child_pk=at(w.child, "draft")),
        TAKERS,
        wrong=(
            request("draft", child_pk=at(w.child, "booked")),
            request("draft", child_pk=at(w.child, "theirs")),
        ),
    ),
    _r("strategy:add_family", "draft", TAKERS),
    *[
        Page(f"family:{name}", "draft", case("draft"), TAKERS)
        for name in ("add_child", "add_member", "worker_safety")
    ],
    *[
        Page(f"family:{name}", "draft", lambda world: {"pk": w.child(world, "draft")}, TAKERS)
        for name in ("child", "same_for_all", "remove_child")
    ],
    Page("family:which_child", "draft", lambda world: {"pk": w.child(world, "draft")}, OVER),
    Page(
        "family:merge_child",
        "draft",
        lambda world: {"pk": w.child(world, "draft"), "other": w.unborn(world, "draft")},
        OVER,
        wrong=(lambda world: {"pk": w.child(world, "draft"), "other": w.child(world, "booked")},),
    ),
    Page("family:which_case", "draft", case("draft"), OVER),
    Page(
        "family:merge_case",
        "draft",
        lambda world: case("draft")(world) | {"other": world.case("submitted").reference},
        OVER,
        wrong=(lambda world: case("draft")(world) | {"other": world.case("theirs").reference},),
    ),
    Page("family:born", "draft", lambda world: {"pk": w.unborn(world, "draft")}, TAKERS),
    *[
        Page(f"family:{name}", "draft", lambda world: {"pk": w.member(world, "draft")}, TAKERS)
        for name in ("member", "ties", "remove_member")
    ],
    _r("strategy:what_happened", "draft", TAKERS),
    _r("strategy:circumstances", "draft", TAKERS),
    _r("strategy:limit", "draft", post_only=True),
    _r("strategy:format", "draft", TAKERS),
    _r("strategy:availability", "draft", TAKERS),
    _r("attendees:wanted", "draft", TAKERS),
    _r("attendees:check", "draft", TAKERS),
    _r("attendees:not_applicable", "draft", TAKERS),
    _r("attendees:copy_last", "draft", TAKERS),
    _r("strategy:on_behalf", "draft", TAKERS),
    _r("attendees:sheet", "draft"),
    _r("strategy:withdraw", "submitted", "sam mo ada"),
    _r("strategy:return", "submitted", MANAGERS),
    _r("strategy:not_needed", "submitted", MANAGERS),
    _r("attendees:authorise", "submitted", MANAGERS),
    _r("strategy:protection", "submitted", "asha mo hal"),
    _r("strategy:call", "draft", TAKERS),
    Page(
        "strategy:conference_of_call",
        "draft",
        request("draft", call=at(n.call, "draft")),
        TAKERS,
    ),
    _r("strategy:verbal", "submitted", TAKERS),
    _r("strategy:countersign", "night", "mo"),
    _r("strategy:settle", "denied", MANAGERS),
    _r("minutes:enter_held", "draft", TAKERS),
    _r("minutes:add_child", "booked", "sam mo ada asha hal bea"),
    Page(
        "minutes:take_child_off",
        "booked",
        request("booked", child=lambda world: w.child(world, "booked")),
        "sam mo ada asha hal bea",
        wrong=(request("booked", child=lambda world: w.child(world, "draft")),),
    ),
    Page("minutes:night", "night", kind="signed in", may="eve sam ada mo asha hal otto olga"),
    Page("minutes:blank_form", kind="signed in"),
    Page("minutes:night_new", kind="signed in", may="eve"),
    Page("minutes:night_on_case", "night", case("night"), "eve"),
    Page("minutes:take_over", "night", lambda world: {"pk": n.entry(world)}, "mo sam ada asha hal"),
    Page("strategy:child_seen", "draft", lambda world: {"pk": w.child(world, "draft")}, TAKERS),
    *[
        Page(f"strategy:{name}", "draft", lambda world: {"pk": world.request("draft").referral_id}, TAKERS)
        for name in ("assessment", "assessment_date")
    ],
    Page("strategy:clock_not_needed", "draft", lambda world: {"pk": w.visit_clock(world, "draft")}, OVER),
    Page("worklist:allocate_case", "draft", case("draft"), "mo hal"),
    Page("worklist:allocate_clock", "draft", lambda world: {"pk": k.unowned_clock(world, "draft")}, "mo hal"),
    Page("strategy:record_power", "draft", lambda world: {"pk": w.child(world, "draft")}, TAKERS),
    *[
        Page(f"strategy:{name}", "circulated", lambda world: {"pk": w.power(world, "circulated")}, TAKERS)
        for name in ("end_power", "extend_power")
    ],
    Page("strategy:confirm_no_conference", "held", lambda world: {"pk": w.unconfirmed(world, "held")}, "mo"),
    Page("strategy:decide_later", "held", lambda world: {"pk": w.deferred(world, "held")}, OVER),
    *[
        Page(f"strategy:{name}", "circulated", lambda world: {"pk": w.enquiry(world, "circulated")}, may)
        for name, may in (
            ("enquiry", EVERYONE_WHO_SEES),
            ("conference", TAKERS),
            ("no_conference", TAKERS),
            ("conference_delay", TAKERS),
            ("police_lead", TAKERS),
            ("enquiry_kind", TAKERS),
            ("close_enquiry", TAKERS),
        )
    ],
]

BOOKING = [
    _r("attendees:forward", "authorised", "bea"),
    _r("strategy:receipt_call", "authorised", "bea"),
    Page(
        "strategy:police_reference",
        "authorised",
        request("authorised", forward_pk=at(w.forward, "authorised")),
        "bea",
        wrong=(request("booked", forward_pk=at(w.forward, "authorised")),),
    ),
    _r("attendees:book", "authorised", "bea"),
    _r("attendees:follow_up", "ready", "bea"),
    _r("attendees:times", "authorised", "bea sam"),
    _r("attendees:no_lawful_time", "authorised", "bea"),
    _d("attendees:replace_chair", "booked", "bea"),
    _d("attendees:replace_minute_taker", "booked", "bea"),
    _d("attendees:discussion", "booked"),
    _d("attendees:replies", "booked", marker=""),
    _d("attendees:move", "booked", "bea"),
    _d("attendees:cancel", "booked", "bea"),
    _d("attendees:invite", "booked", "bea"),
    *[
        _part(f"attendees:{name}", "booked", "bea", "invitation", w.invitation)
        for name in ("record_reply", "record_information", "withdraw", "deputy", "new_link")
    ],
    _d("attendees:told", "booked"),
    _d("attendees:chase", "booked", "bea"),
    _part("attendees:file", "booked", EVERYONE_WHO_SEES, "file", w.file, marker="", other="opened"),
    _part("attendees:remove_file", "booked", "bea", "file", w.file, other="opened"),
    _part("attendees:shut_link", "booked", "bea", "invitation", w.invitation, post_only=True),
]

ROOM = [
    _d("minutes:room", "live"),
    _d("minutes:open_record", "booked", "bea"),
    _d("minutes:checked_before", "opened", "mo", post_only=True),
    _d("minutes:right_meeting", "opened", RUN),
    Page("minutes:save_step", "live", discussion("live", **STEP), RUN, post_only=True),
    Page("minutes:tick_step", "live", discussion("live", **STEP), RUN, post_only=True),
    _d("minutes:texts", "live", marker=""),
    _d("minutes:side", "live", marker=""),
    _part("minutes:save_section", "live", RUN, "section", w.section, post_only=True),
    _part("minutes:mark_section", "live", RUN, "section", w.section, post_only=True),
    _part("minutes:typing", "live", RUN, "section", w.section, post_only=True),
    _part("minutes:section_versions", "live", EVERYONE_WHO_SEES, "section", w.section, acts=RUN),
    _d("minutes:attendance", "live", RUN),
    _d("minutes:arrive", "live", RUN),
    _d("minutes:dial", "live", RUN),
    _d("minutes:calls", "live", RUN),
    _part("minutes:begin_call", "live", RUN, "professional", w.rung),
    _part("minutes:call", "live", RUN, "call", w.call),
    _part("minutes:strike_call", "live", RUN, "call", w.call),
    _part("minutes:leave", "live", RUN, "attendance", w.attendance),
    _d("minutes:start", "opened", RUN),
    _d("minutes:close", "live", RUN),
    _d("minutes:allocate", "live", RUN),
    _part("minutes:decide", "live", RUN, "child", w.child),
    _part("minutes:answers", "held", RUN, "child", w.child),
    _d("minutes:arrange", "live", RUN),
    _part("minutes:rearrange", "live", RUN, "arrangement", w.arrangement),
    _d("minutes:usual_actions", "live"),
    _d("minutes:share", "live", RUN),
    _d("minutes:family_sharing", "live", RUN),
    _d("minutes:add_dissent", "live", RUN),
    _part("minutes:change_dissent", "live", RUN, "dissent", w.dissent),
    _d("minutes:need_information", "live", RUN),
    _d("minutes:add_line", "live", RUN, post_only=True),
    _d("minutes:add_action", "live", RUN),
    _part("minutes:edit_action", "live", RUN, "action", w.action),
    _part("minutes:strike_action", "live", RUN, "action", w.action),
    _part("minutes:move_action", "live", RUN, "action", w.action, post_only=True),
    _d("minutes:signing", "held"),
    Page(
        "minutes:sign_for",
        "held",
        discussion("held", log=at(w.log, "held"), attendance=at(w.attendance, "held")),
        RUN,
        wrong=(
            discussion("held", log=at(w.log, "checked"), attendance=at(w.attendance, "held")),
            discussion("held", log=at(w.log, "held"), attendance=at(w.attendance, "checked")),
        ),
    ),
]

AFTER = [
    _d("minutes:read", "circulated"),
    _d("minutes:changes", "circulated"),
    Page("minutes:pdf", "circulated", discussion("circulated", number=same(1)), marker=""),
    Page(
        "minutes:print_again",
        "circulated",
        discussion("circulated", number=same(1)),
        "bea mo ada",
        post_only=True,
    ),
    _d("minutes:round", "circulated"),
    _part("minutes:answer_for", "checked", RUN, "attendance", w.attendance),
    _d("minutes:agree", "checked", "mo sam bea"),
    _d("minutes:sign", "held", "mo sam bea"),
    _d("minutes:acknowledge", "circulated", post_only=True),
    Page(
        "minutes:resolve",
        "checked",
        discussion("checked", agreement=at(w.agreement, "checked")),
        CHECK,
        wrong=(discussion("live", agreement=at(w.agreement, "checked")),),
    ),
    _d("minutes:finish", "held", RUN),
    _d("minutes:look_through", "checked", "bea mo ada"),
    _d("minutes:correct_times", "held", RUN),
    _d("minutes:check", "checked", CHECK),
    _part("minutes:amend", "checked", "mo", "section", w.section),
    _part("minutes:correct_decision", "checked", CHECK, "child", w.child),
    _part("minutes:correct_attendance", "checked", CHECK, "attendance", w.attendance),
    _d("minutes:add_attendance", "checked", CHECK),
    Page("minutes:correct_call", "checked", discussion("checked", number=same(1)), "bea mo ada"),
    _d("minutes:return", "checked", CHECK),
    _d("minutes:correct", "circulated", "mo ada bea"),
    _d("minutes:circulate", "ready", CIRCULATE),
    _d("minutes:copies", "circulated"),
    Page("minutes:copy", "circulated", discussion("circulated", code=same("family"))),
    Page("minutes:copy_pdf", "circulated", discussion("circulated", code=same("whole")), marker=""),
    *[
        Page(
            f"minutes:{name}",
            "circulated",
            discussion("circulated", code=same("family")),
            "bea mo ada sam",
        )
        for name in ("copy_make", "copy_family")
    ],
    _d("minutes:proof", "circulated"),
    _d("minutes:proof_table", "circulated", marker=""),
    *[
        Page(
            f"minutes:{name}",
            "circulated",
            discussion("circulated", copy=at(w.copy, "circulated")),
            CIRCULATE,
        )
        for name in ("hand", "acknowledged_for", "again", "revoke")
    ],
    _d("minutes:file", "circulated", "bea mo ada"),
    _d("minutes:deliver_now", "circulated", "bea mo ada", post_only=True),
    _d("minutes:deliver_signatures", "circulated", "bea mo ada", post_only=True),
    Page("minutes:bundle", "circulated", discussion("circulated", number=same(1)), "bea mo ada", marker=""),
    _d("minutes:actions", "circulated"),
    *[
        _part(f"minutes:{name}", "circulated", "bea mo ada", "action", w.action)
        for name in (
            "action_done",
            "action_blocked",
            "action_taken_up",
            "action_review",
            "action_offer",
        )
    ],
    *[
        _part(f"minutes:{name}", "held", "bea mo ada", "action", w.action)
        for name in ("action_answer", "action_take_back")
    ],
    _part("minutes:action_chased", "circulated", "bea mo ada sam", "action", w.action),
    _part(
        "minutes:action_evidence", "circulated", EVERYONE_WHO_SEES, "action", w.action_with_file, marker=""
    ),
    _part("minutes:action_extended", "circulated", "mo", "action", w.action),
]

PARTNER = [
    Page("attendees:link", "booked", lambda world: {"token": w.token(world, "booked")}, kind="open"),
    Page("attendees:partner_home", kind="open"),
    Page("attendees:partner_code", kind="open"),
    Page("attendees:partner_leave", kind="open", post_only=True),
    Page("attendees:partner_left", kind="open"),
    _p("attendees:partner_discussion"),
    _p("attendees:partner_reply"),
    _p("attendees:partner_take_over", "desk", may="link"),
    _p("attendees:partner_information", may="link paul"),
    _own_file("attendees:partner_file", marker=""),
    _own_file("attendees:partner_remove_file"),
    Page("attendees:desk", kind="signed in", may="dee"),
    Page("minutes:desk_actions", kind="signed in", may="dee"),
    *[
        Page(
            f"minutes:desk_{name}",
            "circulated",
            lambda world: {"pk": w.desk_action(world, "Hetty Hall")},
            "dee",
            "signed in",
            wrong=(lambda world: {"pk": w.desk_action(world, "Paul Pike")},),
        )
        for name in ("action_done", "action_blocked", "action_offer")
    ],
    Page(
        "minutes:desk_action_take_back",
        "circulated",
        lambda world: {"pk": w.desk_offer(world, "Hetty Hall")},
        "dee",
        "signed in",
        wrong=(lambda world: {"pk": w.desk_action(world, "Paul Pike")},),
    ),
    *[_desk(f"attendees:desk_{name}") for name in ("discussion", "reply", "information")],
    *[
        _desk(f"attendees:desk_{name}", marker=marker, file=at(w.file, "booked"))
        for name, marker in (("file", ""), ("remove_file", "<h1"))
    ],
    _p("minutes:partner_minutes", "circulated"),
    _p("minutes:partner_pdf", "circulated", marker=""),
    _p("minutes:partner_acknowledge", "circulated"),
    _p("minutes:partner_agree", "checked"),
    _p("minutes:partner_sign", "held"),
    _p("minutes:partner_actions", "circulated"),
    _p("minutes:partner_given", "circulated"),
    Page(
        "minutes:partner_action_evidence",
        "circulated",
        discussion("circulated", action=at(w.action_with_file, "circulated")),
        "paul",
        "partner",
        marker="",
        wrong=(discussion("circulated", action=at(w.action, "circulated", "Sam Shah")),),
    ),
    *[
        Page(
            f"minutes:{name}",
            "circulated",
            discussion("circulated", action=at(w.action, "circulated")),
            "paul",
            "partner",
            wrong=(
                discussion("circulated", action=at(w.action, "live")),
                discussion("circulated", action=at(w.action, "circulated", "Sam Shah")),
            ),
        )
        for name in (
            "partner_action_done",
            "partner_action_blocked",
            "partner_action_offer",
            "partner_action_taken_up",
        )
    ],
    *[
        Page(
            f"minutes:{name}",
            "held",
            discussion("held", action=at(w.action, "held")),
            may,
            "partner",
            wrong=(
                discussion("held", action=at(w.action, "circulated")),
                discussion("held", action=at(w.action, "held", "Sam Shah")),
            ),
        )
        for name, may in (("partner_action_answer", "link"), ("partner_action_take_back", "paul"))
    ],
]

RAISE = "sam mo ada asha bea hal"  # who raise, answer and resolve; the inspector only reads
ESCALATIONS = [
    Page("escalations:escalations", kind="signed in", may="sam mo ada asha bea eve hal ira olga otto"),
    Page("escalations:overview", kind="signed in", may="hal"),
    Page("worklist:escalations", "circulated", case("circulated")),
    Page("escalations:raise", "circulated", case("circulated"), RAISE),
    _e("escalations:escalation", "circulated"),
    _e("escalations:form", "circulated"),
    _e("escalations:answer", "circulated", RAISE),
    *[_e(f"escalations:{name}", "circulated", "sam hal") for name in ("move_up", "resolve")],
    _e("escalations:withdraw", "held", "sam mo ada asha bea hal"),
    Page("escalations:partner_home", kind="open"),
    _p("escalations:partner_of_discussion", "circulated"),
    _p("escalations:partner_raise", "circulated"),
    Page("escalations:partner_referral", "submitted", REFERRED, "paul", "partner"),
    Page("escalations:partner_raise_for", "submitted", REFERRED, "paul", "partner"),
    *[
        _e(f"escalations:{name}", "circulated", "paul", kind="partner")
        for name in (
            "partner_escalation",
            "partner_form",
            "partner_move_up",
            "partner_resolve",
            "partner_withdraw",
        )
    ],
    _e("escalations:partner_answer", "held", "link", kind="partner"),
]

PAGES = [
    *ALLAUTH,
    *SYSTEM,
    *ADMINISTRATION,
    *WORKLIST,
    *REQUESTS,
    *BOOKING,
    *ROOM,
    *AFTER,
    *PARTNER,
    *ESCALATIONS,
]
BY_NAME = {page.name: page for page in PAGES}
NOT_WALKED = ("govuk:style_", "demo")  # development's own pages: absent in production
