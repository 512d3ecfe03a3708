"""What the chair is asked before a child's decision is written: by the harm that is feared. Pure.

Prompts, never rules: nothing is demanded, and nothing stands in the record unless somebody writes it.
"""

from collections.abc import Iterable

ALWAYS = (
    "What {who} has said, and who asked them",
    "Earlier referrals, plans and discussions",
    "Who else lives in the home, and the other children there",
    "What another explanation would look like",
    "What the agencies who are not here would say",
    "What happens tonight",
)
BY_HARM = {
    "PHY": (
        "Whether every injury is explained, and by whom; a paediatrician’s view of each",
        "Injuries in places, or at an age, that accidents seldom explain",
        "Who was there, and who could do it again tonight",
    ),
    "SAB": (
        "Forensic evidence: what is lost with each hour, and who decides",
        "Who speaks to {who}, so that an interview as evidence stays possible",
        "What the person who is feared knows already, and other children near them",
    ),
    "EMO": (
        "What {who} lives through day by day, and for how long",
        "How the care that is given changes with who is watching",
        "What {who} has stopped doing, at school and at home",
    ),
    "NEG": (
        "What has been tried, for how long, and what changed",
        "Food, sleep, warmth, health appointments and school: what each agency saw",
        "Whether many small things together are significant harm",
    ),
    "EXP": (
        "Whom {who} meets, where, online too, and who else is drawn in",
        "Money, gifts, telephones, journeys, and times missing",
        "Whether {who} is treated as a child who is harmed, whatever they did",
    ),
    "DVA": (
        "Whether leaving, or this meeting, raises the risk; where the person who is violent is",
        "What {who} saw, heard and was made to do",
        "Safe ways to reach the parent who is harmed, and what must not be told",
    ),
}


def prompts(who: str, harms: Iterable[str]) -> list[str]:
    """What to consider for one child: what their kinds of harm ask, then what is always asked."""
    feared = [one for harm in dict.fromkeys(harms) for one in BY_HARM.get(harm, ())]
    return [one.replace("{who}", who) for one in (*feared, *ALWAYS)]
