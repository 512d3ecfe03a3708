"""What a decision for a child needs before it can stand (rows B08, C17, C24, G10). Pure."""

from datetime import date, datetime, timedelta

YES, NO = "yes", "no"
FAR = timedelta(days=366)
SECTION_47 = frozenset({"section_47_joint", "section_47_single"})
DEFERRED = "deferred"


def problems(
    *,
    outcome: str,
    rationale: str,
    risk_text: str,
    legal_reason: str,
    deferred_to: date | None,
    emergency_power: bool,
    today: date,
    power: str = "",
) -> dict[str, str]:
    """Each field that cannot stand with its sentence, in the order of the form.

    Every outcome needs a rationale of its own: section 17 and no further action as much as section 47.
    While an emergency power is in force (`power` says which) or was used for the family, anything but
    section 47 needs a legal reason.
    """
    found: dict[str, str] = {}
    if not risk_text.strip():
        found["risk_text"] = "Say what the risk is"
    if not rationale.strip():
        found["rationale"] = "Say why: every outcome needs its reasons"
    if (power or emergency_power) and outcome not in SECTION_47 and not legal_reason.strip():
        which = power or "An emergency power was used for this family"
        found["legal_reason"] = f"{which}. Say on what advice there is no section 47 enquiry"
    if outcome == DEFERRED:
        found |= _deferral(deferred_to, today)
    return found


def medical_problems(
    *, needed: str, why: str, kind: str, place: str, at: datetime | None, has_owner: bool
) -> dict[str, str]:
    """What a decision on a medical assessment lacks: reasons always; for a yes what, where, when, by whom."""
    if needed not in (YES, NO):
        return {}
    found = {} if why.strip() else {"medical_why": "Say what health advises, and why"}
    if needed == YES:
        lacks = {
            "medical_kind": ("" if kind.strip() else "Enter what kind of assessment"),
            "medical_place": ("" if place.strip() else "Enter where"),
            "medical_at": ("" if at else "Enter when"),
            "medical_owner": ("" if has_owner else "Choose who sees to it"),
        }
        found |= {name: sentence for name, sentence in lacks.items() if sentence}
    return found


def _deferral(to: date | None, today: date) -> dict[str, str]:
    if to is None:
        return {"deferred_to": "Enter the date by which this child’s decision is made"}
    if to < today:
        return {"deferred_to": "The date must be today or later"}
    if to > today + FAR:
        return {"deferred_to": "A decision cannot wait longer than a year. Check the date"}
    return {}
