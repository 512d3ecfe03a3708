"""Everything that a record's content is made of, read in one statement: the chair's page needs it whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from attendees.models import Attendance, DiscussionCall, Signature
from cases.models import Child, FamilyMember
from minutes.models import (
    Action,
    ActionLog,
    Agreement,
    Arrangement,
    Dissent,
    EarlierAnswer,
    FamilySharing,
    Minutes,
    PutRight,
    Section,
)
from strategy.models import Booking, Decision, EmergencyPower, Enquiry

M = TypeVar("M", bound=models.Model)

# Rows come as PostgreSQL spells them in JSON and become instances again; people come by number and name.
READ = """
WITH record AS (SELECT %(minutes)s::bigint AS id, %(discussion)s::bigint AS discussion,
  %(request)s::bigint AS request),
children AS (SELECT c.* FROM cases_child c
  JOIN strategy_strategyrequest_children r ON r.child_id = c.id, record
  WHERE r.strategyrequest_id = record.request ORDER BY c.date_of_birth NULLS LAST, c.id),
attendance AS (SELECT a.* FROM attendees_attendance a, record
  WHERE a.discussion_id = record.discussion ORDER BY a.id),
calls AS (SELECT c.* FROM attendees_discussioncall c, record
  WHERE c.discussion_id = record.discussion AND c.struck_at IS NULL ORDER BY c.began_at, c.number),
sections AS (SELECT s.* FROM minutes_section s, record WHERE s.minutes_id = record.id ORDER BY s.id),
decisions AS (SELECT d.* FROM strategy_decision d, record
  WHERE d.discussion_id = record.discussion ORDER BY d.id),
powers AS (SELECT p.* FROM strategy_emergencypower p
  WHERE p.child_id IN (SELECT id FROM children) ORDER BY p.started_at, p.id),
enquiries AS (SELECT e.* FROM strategy_enquiry e, record
  WHERE e.discussion_id = record.discussion ORDER BY e.id),
arrangements AS (SELECT a.* FROM record, minutes_arrangement a
  JOIN minutes_action made ON made.id = a.action_id
  WHERE a.minutes_id = record.id AND made.status <> 'struck' ORDER BY a.child_id, a.id),
actions AS (SELECT a.* FROM minutes_action a, record WHERE a.minutes_id = record.id ORDER BY a.number),
agreements AS (SELECT a.* FROM minutes_agreement a, record WHERE a.minutes_id = record.id ORDER BY a.id),
earlier AS (SELECT e.* FROM minutes_earlieranswer e JOIN agreements a ON a.id = e.agreement_id
  ORDER BY e.id),
logs AS (SELECT l.id, l.minutes_id, l.number, l.sha256 FROM minutes_actionlog l, record
  WHERE l.minutes_id = record.id ORDER BY l.number),
signatures AS (SELECT s.* FROM attendees_signature s JOIN attendance ON attendance.id = s.attendance_id
  WHERE s.document IN (SELECT 'action-log:' || id FROM logs) ORDER BY s.at, s.id),
put_right AS (SELECT p.* FROM minutes_putright p, record WHERE p.minutes_id = record.id ORDER BY p.id),
dissents AS (SELECT d.* FROM minutes_dissent d, record WHERE d.minutes_id = record.id ORDER BY d.id),
sharing AS (SELECT f.* FROM minutes_familysharing f, record WHERE f.minutes_id = record.id),
bookings AS (SELECT b.id, b.discussion_id, b.chair_id, b.minute_taker_id, b.place_id
  FROM strategy_booking b, record
  WHERE b.discussion_id = record.discussion AND b.cancelled_at IS NULL),
family AS (SELECT f.* FROM cases_familymember f WHERE f.id IN (SELECT family_member_id FROM arrangements))
SELECT jsonb_build_object(
  'children', (SELECT jsonb_agg(to_jsonb(t)) FROM children t),
  'attendance', (SELECT jsonb_agg(to_jsonb(t)) FROM attendance t),
  'calls', (SELECT jsonb_agg(to_jsonb(t)) FROM calls t),
  'sections', (SELECT jsonb_agg(to_jsonb(t)) FROM sections t),
  'decisions', (SELECT jsonb_agg(to_jsonb(t)) FROM decisions t),
  'powers', (SELECT jsonb_agg(to_jsonb(t)) FROM powers t),
  'enquiries', (SELECT jsonb_agg(to_jsonb(t)) FROM enquiries t),
  'arrangements', (SELECT jsonb_agg(to_jsonb(t)) FROM arrangements t),
  'actions', (SELECT jsonb_agg(to_jsonb(t)) FROM actions t),
  'agreements', (SELECT jsonb_agg(to_jsonb(t)) FROM agreements t),
  'earlier', (SELECT jsonb_agg(to_jsonb(t)) FROM earlier t),
  'dissents', (SELECT jsonb_agg(to_jsonb(t)) FROM dissents t),
  'logs', (SELECT jsonb_agg(to_jsonb(t)) FROM logs t),
  'signatures', (SELECT jsonb_agg(to_jsonb(t)) FROM signatures t),
  'bookings', (SELECT jsonb_agg(to_jsonb(t)) FROM bookings t),
  'family', (SELECT jsonb_agg(to_jsonb(t)) FROM family t),
  'sharing', (SELECT jsonb_agg(to_jsonb(t)) FROM sharing t),
  'put_right', (SELECT jsonb_agg(to_jsonb(t)) FROM put_right t),
  'place', (SELECT p.name FROM strategy_place p JOIN bookings ON bookings.place_id = p.id LIMIT 1),
  'users', (SELECT jsonb_object_agg(u.id, u.name) FROM accounts_user u WHERE u.id IN (
    SELECT chair_id FROM bookings UNION SELECT minute_taker_id FROM bookings UNION SELECT lead_id
  FROM enquiries
    UNION SELECT by_id FROM sharing UNION SELECT by_id FROM put_right
    UNION SELECT resolved_by_id FROM agreements UNION SELECT resolved_by_id FROM earlier
    UNION SELECT told_to_id FROM agreements UNION SELECT told_to_id FROM earlier
    UNION SELECT witness_id FROM signatures)),
  'professionals', (SELECT jsonb_object_agg(p.id, jsonb_build_object('name', p.name, 'agency', agency.name))
    FROM attendees_professional p JOIN accounts_agency agency ON agency.id = p.agency_id WHERE p.id IN (
    SELECT caller_id FROM calls
    UNION SELECT professional_id FROM sections UNION SELECT owner_id FROM actions
    UNION SELECT agreed_owner_id FROM actions UNION SELECT by_whom_id FROM arrangements))
)
"""


@dataclass(frozen=True)
class Gathered:
    """The rows of one record, and the names of the people they point at."""

    children: list[Child]
    attendance: list[Attendance]
    calls: list[DiscussionCall]
    sections: list[Section]
    decisions: list[Decision]
    powers: list[EmergencyPower]
    enquiries: list[Enquiry]
    arrangements: list[Arrangement]
    actions: list[Action]
    agreements: list[Agreement]
    earlier: list[EarlierAnswer]
    dissents: list[Dissent]
    logs: list[ActionLog]
    signatures: list[Signature]
    booking: Booking | None
    sharing: FamilySharing | None
    put_right: list[PutRight]
    family: dict[int, FamilyMember]
    place: str
    users: Mapping[str, str]
    professionals: Mapping[str, Mapping[str, str]]

    def user(self, pk: int | None) -> str:
        """The name of somebody with an account; empty for nobody."""
        return self.users.get(str(pk), "")

    def professional(self, pk: int | None) -> Mapping[str, str]:
        """Name and agency of a professional; empty for nobody."""
        return self.professionals.get(str(pk), {"name": "", "agency": ""})

    def child(self, pk: int | None) -> str:
        """The name of a child; empty for none."""
        return next((one.name for one in self.children if one.pk == pk), "")


def gather(minutes: Minutes) -> Gathered:
    """Read everything of a record in one statement."""
    discussion = minutes.discussion
    with connection.cursor() as cursor:
        numbers = {"minutes": minutes.pk, "discussion": discussion.pk, "request": discussion.request_id}
        cursor.execute(READ, numbers)
        found = cursor.fetchone()[0]
    told: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    bookings = _rows(Booking, told["bookings"])
    return Gathered(
        children=_rows(Child, told["children"]),
        attendance=_rows(Attendance, told["attendance"]),
        calls=_rows(DiscussionCall, told["calls"]),
        sections=_rows(Section, told["sections"]),
        decisions=_rows(Decision, told["decisions"]),
        powers=_rows(EmergencyPower, told["powers"]),
        enquiries=_rows(Enquiry, told["enquiries"]),
        arrangements=_rows(Arrangement, told["arrangements"]),
        actions=_rows(Action, told["actions"]),
        agreements=_rows(Agreement, told["agreements"]),
        earlier=_rows(EarlierAnswer, told["earlier"]),
        dissents=_rows(Dissent, told["dissents"]),
        logs=_rows(ActionLog, told["logs"]),
        signatures=_rows(Signature, told["signatures"]),
        booking=bookings[0] if bookings else None,
        sharing=next(iter(_rows(FamilySharing, told["sharing"])), None),
        put_right=_rows(PutRight, told["put_right"]),
        family={one.pk: one for one in _rows(FamilyMember, told["family"])},
        place=told["place"] or "",
        users=told["users"] or {},
        professionals=told["professionals"] or {},
    )


def _rows(model: type[M], rows: list[dict[str, Any]] | None) -> list[M]:
    """Instances of rows written in JSON, each value read by its own field; columns left out stay deferred."""
    if not rows:
        return []
    fields = [field for field in model._meta.concrete_fields if field.column in rows[0]]
    names = [field.attname for field in fields]
    return [
        model.from_db(connection.alias, names, [_read(field, row[str(field.column)]) for field in fields])
        for row in rows
    ]


def _read(field: Any, value: Any) -> Any:
    """A value as its field reads it; the values of a list each by the field of the list."""
    if isinstance(field, ArrayField) and value is not None:
        return [_read(field.base_field, one) for one in value]
    return field.to_python(value)
