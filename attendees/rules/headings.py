"""The headings under which each kind of agency sends what it knows (rows C32 and W22)."""

from accounts.enums import AgencyKind

HEALTH = ("Family", "Maternity", "School health", "Mental health", "Domestic abuse", "Substance misuse")
GENERAL = ("Involvement", "Concerns", "Strengths", "Who lives there")

HINTS = {
    "Family": "What the practice or trust knows of the children, parents and carers",
    "Maternity": "Bookings, care in pregnancy, concerns since birth",
    "School health": "Health visitor and school nurse",
    "Mental health": "Of a child, parent or carer",
    "Domestic abuse": "Disclosures, incidents, referrals",
    "Substance misuse": "Of a child, parent or carer",
    "Involvement": "Since when, why, and how often you see them; in other areas too if they have moved",
    "Concerns": "What worries you, with dates",
    "Strengths": "What keeps the children safe or goes well",
    "Who lives there": "People you know to live with or visit the children",
}


def headings_for(kind: str) -> tuple[str, ...]:
    """Return the headings that an agency of this kind is asked to fill."""
    return HEALTH if kind == AgencyKind.HEALTH else GENERAL
