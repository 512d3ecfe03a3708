"""The headings under which each kind of agency sends what it knows (rows C32 and W22)."""

from accounts.enums import AgencyKind

HEALTH = ("Family", "Maternity", "School health", "Mental health", "Domestic abuse", "Substance misuse")
POLICE = (
    "Intelligence and crimes",
    "Domestic abuse calls",
    "Missing episodes and exploitation",
    "Who lives there",
)
EDUCATION = (
    "Attendance and behaviour",
    "What the child has said",
    "Parents and carers",
    "Concerns",
    "Strengths",
)
GENERAL = ("Involvement", "Concerns", "Strengths", "Who lives there")

HINTS = {
    "Family": "What the practice or trust knows of the children, parents and carers",
    "Maternity": "Bookings, care in pregnancy, concerns since birth",
    "School health": "Health visitor and school nurse",
    "Mental health": "Of a child, parent or carer",
    "Domestic abuse": "Disclosures, incidents, referrals",
    "Substance misuse": "Of a child, parent or carer",
    "Intelligence and crimes": "Of the children, parents, carers and others in the home, with dates",
    "Domestic abuse calls": "Calls to the address, also where no crime was recorded",
    "Missing episodes and exploitation": "Return interviews, contacts of concern, warnings given",
    "Attendance and behaviour": "Of each child whom you know, brothers and sisters elsewhere too",
    "What the child has said": "In the child’s own words, when and to whom",
    "Parents and carers": "Who collects the child, how they are with you, who may be told",
    "Involvement": "Since when, why, and how often you see them; in other areas too if they have moved",
    "Concerns": "What worries you, with dates",
    "Strengths": "What keeps the children safe or goes well",
    "Who lives there": "People you know to live with or visit the children",
}


BY_KIND = {AgencyKind.HEALTH: HEALTH, AgencyKind.POLICE: POLICE, AgencyKind.EDUCATION: EDUCATION}


def headings_for(kind: str) -> tuple[str, ...]:
    """Return the headings that an agency of this kind is asked to fill."""
    return BY_KIND.get(AgencyKind(kind), GENERAL)


def asks_what_is_held(kind: str) -> bool:
    """Whether each heading is another service, which holds, holds nothing or has yet to answer (row C32)."""
    return kind == AgencyKind.HEALTH
