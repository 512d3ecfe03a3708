"""What a copy holds: nothing marked for a wrong reader, nothing of another child, no gap for the family."""

import json
from typing import Any

import pytest

from minutes.enums import RenditionKind
from minutes.rules.other_children import MASK, Others
from minutes.rules.renditions import WHOLE, Cut, choices, cut_for, left_over, rendered, title_of

ADA = {
    "id": 1,
    "name": "Ada Fenwick",
    "also_known_as": "",
    "date_of_birth": "2017-03-02",
    "born": "Born 2 March 2017",
}
TOM = {
    "id": 2,
    "name": "Tom Bell",
    "also_known_as": "TJ",
    "date_of_birth": "2019-11-08",
    "born": "Born 8 Nov 2019",
}
POLICE = "The informant saw him leave the house on Friday night."
OTHER = "Her aunt told the nurse about her own diagnosis last spring."


def section(pk: int, text: str, marking: str = "not_family", **more: Any) -> dict[str, Any]:
    return {
        "id": pk,
        "field": "worries",
        "label": "Worries",
        "child_id": None,
        "text": text,
        "marking": marking,
        "tag": "",
        "source": "Typed by DS Pike",
    } | more


def a_content(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "format": "threshold-record/1",
        "authority": "Ambleford",
        "case": "TH-1",
        "protocol": {},
        "discussion": {"number": 1, "quorum": "Complete", "place": "Room 2", "started": "Monday"},
        "children": [ADA, TOM],
        "allocated_worker": {"name": "Sam Shah", "number": "01632 960002"},
        "attendance": [
            {
                "name": "Tom Ford",
                "job_role": "Nurse",
                "agency": "Health",
                "how": "Here",
                "took_part": True,
                "times": "",
            }
        ],
        "steps": [{"key": "summary", "title": "Summary", "sections": list(sections)}],
        "decisions": [],
        "arrangements": [],
        "actions": [],
        "agreements": [],
        "signatures": [],
        "unsigned": [],
        "family_sharing": {},
        "action_log": {"number": 1, "sha256": "aa"},
        "ledger_head": {"number": 3, "hash": "bb"},
    } | more


MARKED = (
    section(1, "She plays well at school.", "share"),
    section(2, POLICE, "police_sensitive"),
    section(3, OTHER, "third_party"),
    section(4, "The bruise does not fit the explanation.", "not_family"),
)


def told(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def test_the_whole_record_is_untouched_so_that_its_hash_stands() -> None:
    content = a_content(*MARKED)
    assert rendered(content, WHOLE) == content


def test_a_copy_without_marked_passages_says_where_and_why_and_holds_none_of_their_words() -> None:
    content = a_content(*MARKED)
    copy = rendered(content, Cut(RenditionKind.PARTNER))
    assert POLICE not in told(copy) and OTHER not in told(copy)
    assert [one.get("removed", "") for one in copy["steps"][0]["sections"]] == [
        "",
        "Removed from this copy: police-sensitive",
        "Removed from this copy: about a third party",
        "",
    ]
    assert copy["rendition"]["removed"] == 2
    assert POLICE in told(content)  # the record itself is as it was


def test_a_correction_that_repeats_what_is_removed_is_not_told_either() -> None:
    said = {
        "name": "Paul Pike",
        "agency": "Police",
        "answer": "Proposes a correction",
        "text": POLICE,
        "resolution": "x",
        "earlier": [{"answer": "Objects", "text": POLICE, "resolution": "y", "when": "Monday"}],
    }
    agrees = {**said, "answer": "Agrees", "text": "", "resolution": ""}
    copy = rendered(a_content(*MARKED, agreements=[agrees]), Cut(RenditionKind.PARTNER))
    assert "informant" not in told(copy) and copy["agreements"][0]["earlier"][0]["answer"] == "Objects"
    copy = rendered(a_content(*MARKED, agreements=[said]), Cut(RenditionKind.PARTNER))
    assert "informant" not in told(copy) and copy["agreements"][0]["answer"] == "Proposes a correction"
    kept = rendered(a_content(MARKED[0], agreements=[said]), Cut(RenditionKind.PARTNER))
    assert kept["agreements"] == [said]


def test_the_family_reads_what_is_marked_for_them_and_no_gap() -> None:
    decision = {
        "child_id": 1,
        "child": "Ada Fenwick",
        "outcome": "Section 47",
        "outcome_code": "s47",
        "deferred_to": "",
        "plan": "Child protection",
        "rationale": "An informant told the police.",
        "risk_level": "High",
        "enquiry": "led by",
    }
    action = {"child_id": None, "child": "", "text": "Arrest him at work", "owner": "Paul Pike"}
    copy = rendered(a_content(*MARKED, decisions=[decision], actions=[action]), Cut(RenditionKind.FAMILY))
    text = told(copy)
    assert "She plays well" in text and "Section 47" in text and "Sam Shah" in text
    for kept_back in (
        "informant",
        "diagnosis",
        "bruise",
        "Arrest",
        "DS Pike",
        "emoved",
        "High",
        "Room 2",
        "quorum",
    ):
        assert kept_back not in text.replace('"removed": 0', ""), kept_back


def test_a_copy_about_one_child_holds_nothing_of_the_other() -> None:
    rows = [
        {
            "child_id": 1,
            "child": "Ada Fenwick",
            "rationale": "Tom Bell hit Ada; TJ's father, Mr Bell, saw it.",
        },
        {"child_id": 2, "child": "Tom Bell", "rationale": "Tom needs help."},
    ]
    actions = [
        {"child_id": 2, "child": "Tom Bell", "text": "See Tom", "owner": "Tom Ford"},
        {"child": "Tom Bell", "text": "An action of an older record", "owner": "Tom Ford"},
        {
            "child_id": None,
            "child": "",
            "text": "Ask about TOM and the other's birthday, 8/11/19",
            "owner": "Tom Ford",
        },
    ]
    content = a_content(
        section(1, "Tom was born on 8th November 2019; Ada on 2 March 2017.", child_id=1),
        section(2, "Tom says he is afraid.", child_id=2),
        decisions=rows,
        actions=actions,
    )
    copy = rendered(content, Cut(RenditionKind.WHOLE, 1))
    text = told(copy)
    assert [child["name"] for child in copy["children"]] == ["Ada Fenwick"]
    assert copy["decisions"][0]["rationale"] == f"{MASK} hit Ada; {MASK}'s father, Mr Bell, saw it."
    assert [one["text"] for one in copy["actions"]] == [
        f"Ask about {MASK} and the other's birthday, [date of birth]"
    ]
    assert (
        copy["steps"][0]["sections"][0]["text"] == f"{MASK} was born on [date of birth]; Ada on 2 March 2017."
    )
    assert "afraid" not in text and "TJ" not in text and "2019" not in text
    assert copy["attendance"][0]["name"] == "Tom Ford" == copy["actions"][0]["owner"]


@pytest.mark.parametrize(
    ("others", "text", "masked"),
    [
        (["Will Bell"], "He will say that Will hid.", f"He will say that {MASK} hid."),
        (["Zoë Ann Bell"], "Zoe, ZOË and Ann Bell came.", f"{MASK} and {MASK} came."),
        (["Anne-Marie Bell"], "Anne-Marie’s coat", f"{MASK}’s coat"),
        (["Bell"], "The bell; Bell cried", f"The {MASK}; {MASK} cried"),
        (["Ada Bell"], "Ada is here", "Ada is here"),  # of the same name as the child it is about
        (["Łucja Świątek"], "Łucja Świątek i Ada", f"{MASK} i Ada"),
        (["محمد الرحمن"], "قال محمد الرحمن نعم", f"قال {MASK} نعم"),
        (["Tom Bell"], "tomorrow, Tomas and tomatoes", "tomorrow, Tomas and tomatoes"),
    ],
)
def test_names_are_known_however_they_are_written(others: list[str], text: str, masked: str) -> None:
    rows = [{"id": place + 2, "name": name, "date_of_birth": None} for place, name in enumerate(others)]
    assert Others(ADA, rows).masked(text) == masked


def test_twins_share_a_birthday_that_tells_nothing() -> None:
    twin = {**TOM, "date_of_birth": ADA["date_of_birth"]}
    assert Others(ADA, [twin]).masked("Born on 2 March 2017") == "Born on 2 March 2017"


def test_which_copies_there_are_and_which_one_an_agency_gets() -> None:
    marked, plain = a_content(*MARKED), a_content(MARKED[0])
    assert [one.code for one in choices(plain)] == ["whole", "whole-1", "whole-2"]
    assert [one.code for one in choices(marked)] == [
        "whole",
        "partner",
        "whole-1",
        "partner-1",
        "whole-2",
        "partner-2",
    ]
    assert [one.code for one in choices(marked | {"children": [ADA]})] == ["whole", "partner"]
    assert {
        kind: cut_for(kind, marked).code
        for kind in ("police", "health", "social_care", "school", "probation")
    } == {
        "police": "whole",
        "health": "whole",
        "social_care": "whole",
        "school": "partner",
        "probation": "partner",
    }
    assert cut_for("school", plain) == WHOLE
    assert title_of(marked, Cut(RenditionKind.FAMILY, 2)) == "Copy for the family, about Tom Bell only"
    with pytest.raises(ValueError):
        rendered(marked, Cut(RenditionKind.WHOLE, 9))


def test_a_removed_sentence_that_stands_elsewhere_is_found() -> None:
    again = "We heard that the informant  saw him leave the house, on Friday night!"
    content = a_content(*MARKED, section(5, again))
    assert left_over(content, Cut(RenditionKind.PARTNER)) == [("Summary: Worries (3)", POLICE.rstrip("."))]
    assert left_over(content, WHOLE) == []
    less = a_content(*MARKED, section(5, "The informant saw him leave."))
    assert left_over(less, Cut(RenditionKind.PARTNER)) == []


def test_what_was_said_on_a_call_goes_with_neither_a_marked_nor_another_child_s_copy() -> None:
    call = {
        "number": 1,
        "caller": "Sam Shah",
        "whom": ["Tom Ford, nurse"],
        "said": f"Tom ran. {POLICE}",
        "agreed": "Ring Ada",
    }
    content = a_content(*MARKED, calls=[call])
    partner = rendered(content, Cut(RenditionKind.PARTNER))
    assert partner["calls"] == [call | {"said": "", "agreed": ""}]
    alone = rendered(content, Cut(RenditionKind.WHOLE, 1))
    assert alone["calls"] == [call | {"said": f"{MASK} ran. {POLICE}"}]
    assert "calls" not in rendered(content, Cut(RenditionKind.FAMILY))


def test_a_part_of_the_record_that_nobody_named_is_masked() -> None:
    content = a_content(
        new={"rows": [{"child_id": 2, "text": "x"}, {"text": "Tom is here"}], "words": ["Tom", 3]}
    )
    alone = rendered(content, Cut(RenditionKind.WHOLE, 1))
    assert alone["new"] == {"rows": [{"text": f"{MASK} is here"}], "words": [MASK, 3]}
