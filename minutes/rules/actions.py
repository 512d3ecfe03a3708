"""What an action needs (rows C19, G13, G19), and the sentences that arrangements and plans become. Pure."""

from datetime import datetime, timedelta

FAR = timedelta(days=366)
FAMILY = "family"
# An action that says what another part of the record says is changed there, so that the two never differ.
CHANGED_WITH = {
    "laming": "This action is an arrangement: change the arrangement, and the action follows.",
    "medical": "This action is a medical that was decided: change that answer, and the action follows.",
    FAMILY: "This action is what was decided for the family: change that decision, and the action follows.",
}
STRUCK_WITH = {
    "medical": "The record says that this medical is needed: answer there that it is not, and why, and the "
    "action is struck out.",
    FAMILY: "The record says what was decided for the family: change that decision, and the action follows.",
}


def problems(*, text: str, has_owner: bool, due_at: datetime | None, now: datetime) -> dict[str, str]:
    """Each field that cannot stand with its sentence: what, who, by when; all aware moments."""
    found: dict[str, str] = {}
    if not text.strip():
        found["text"] = "Say what is to be done"
    elif len(text) > 2000:
        found["text"] = "Say it in 2,000 characters or fewer"
    if not has_owner:
        found["owner"] = "Choose who does it: every action needs an owner"
    if due_at is None:
        found["due_at"] = "Enter by when it is done"
    elif due_at < now:
        found["due_at"] = "The time by which it is done must be in the future"
    elif due_at > now + FAR:
        found["due_at"] = f"{due_at.year} is too far away: an action is due within a year. Check the date"
    return found


def seen_text(*, about: str, child: str, who: str, place: str) -> str:
    """The action that a Laming arrangement becomes: who is seen and spoken to, and where (B09a to B09c)."""
    if place.partition(" ")[0] in ("At", "In", "On"):
        place = place[:1].lower() + place[1:]
    if about == "child":
        return f"See and speak to {child}, {place}"
    if about == "parent":
        return f"See and speak to {who or f'the parents or carers of {child}'}, {place}"
    return f"Visit where {child} usually lives, {place}"


def sharing_text(*, what: str, to_whom: str, how: str) -> str:
    """The action that a row of the sharing plan becomes (row B11)."""
    return f"Tell {to_whom}: {what}" + (f" ({how})" if how else "")


def information_text(*, what: str, from_whom: str, how: str) -> str:
    """The action that a piece of information still needed becomes (row C18)."""
    return f"Find out from {from_whom}: {what}" + (f" ({how})" if how else "")
