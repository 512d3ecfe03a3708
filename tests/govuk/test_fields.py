"""Fields that read what people type, and say at which box they cannot."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django import forms

from govuk import fields
from govuk.layout import problems
from govuk.style import EveryField

EVERY_EMPTY = [
    ("Enter name", "#id_name"),
    ("Enter how many children", "#id_number"),
    ("Enter email address", "#id_email"),
    ("Enter direct number", "#id_telephone"),
    ("Enter plain text field", "#id_account"),
    ("Enter reason", "#id_reason"),
    ("Enter your password", "#id_password"),
    ("Enter the date of birth", "#id_born_day"),
    ("Enter the start, day and time", "#id_starts_at_day"),
    ("Enter end time", "#id_ends"),
    ("Choose team", "#id_team"),
    ("Choose format", "#id_format"),
    ("Answer “Is a child in danger now?”", "#id_urgent"),
    ("Choose circumstances", "#id_harms"),
    ("Tick the box “The family have been told” to go on", "#id_agreed"),
    ("Choose letter", "#id_letter"),
]


class Form(forms.Form):
    """One of each of ours."""

    born = fields.DateField(label="Date of birth", what="the date of birth", required=False)
    starts = fields.DateTimeField(label="Start", what="the start", required=False)
    ends = fields.TimeField(label="End", required=False)
    sure = fields.YesNo(label="Are you sure?", required=False)
    email = fields.Address(label="Email address", required=False)
    phone = fields.TelField(label="Telephone", required=False)


def born(day: str, month: str, year: str) -> dict[str, str]:
    """A date as it is posted."""
    return {"born_day": day, "born_month": month, "born_year": year}


def starts(day: str, month: str, year: str, at: str) -> dict[str, str]:
    """A date and time as they are posted."""
    return {"starts_day": day, "starts_month": month, "starts_year": year, "starts_time": at}


@pytest.mark.parametrize(
    ("data", "name", "value"),
    [
        (born("24", "12", "2014"), "born", date(2014, 12, 24)),
        (born(" 1 ", "dec", "2014"), "born", date(2014, 12, 1)),
        (born("", "", ""), "born", None),
        ({"born": "2014-12-24"}, "born", date(2014, 12, 24)),
        (starts("24", "12", "2026", "4:30pm"), "starts", datetime(2026, 12, 24, 16, 30, tzinfo=UTC)),
        (starts("1", "7", "2026", "1630"), "starts", datetime(2026, 7, 1, 15, 30, tzinfo=UTC)),
        ({"starts": "2026-07-01T16:30"}, "starts", datetime(2026, 7, 1, 15, 30, tzinfo=UTC)),
        ({"ends": "midday"}, "ends", time(12)),
        ({"sure": "no"}, "sure", False),
        ({"sure": "yes"}, "sure", True),
        ({}, "sure", None),
        ({"email": " R@X.example "}, "email", "r@x.example"),
        ({"phone": "01632 960 001"}, "phone", "01632 960 001"),
    ],
)
def test_what_is_read(data: dict[str, str], name: str, value: Any) -> None:
    """Each way of writing it."""
    form = Form(data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data[name] == value


@pytest.mark.parametrize(
    ("data", "text", "href"),
    [
        (born("24", "", "2014"), "The date of birth must include a month", "#id_born_month"),
        (born("", "", "2014"), "The date of birth must include a day and month", "#id_born_day"),
        (born("31", "2", "2014"), "The date of birth must be a real date", "#id_born_day"),
        (born("1", "2", "14"), "The year must have four numbers", "#id_born_year"),
        (born("1", "1", "9999"), "The date of birth must be before the year 3000", "#id_born_year"),
        (born("1", "²", "2014"), "The date of birth must be a real date", "#id_born_day"),
        (born("1" * 5000, "2", "2014"), "The date of birth must be a real date", "#id_born_day"),
        (starts("1", "2", "2026", ""), "The start must include a time", "#id_starts_time"),
        (starts("1", "2", "2026", "teatime"), "Enter the time like 4:30pm or 16:30", "#id_starts_time"),
        (
            starts("28", "3", "2027", "1:30am"),
            "The start is in the hour that is skipped when the clocks go forward. Enter another time",
            "#id_starts_time",
        ),
        ({"ends": "9"}, "Enter the time like 4:30pm or 16:30", "#id_ends"),
        (
            {"email": "a@x.example, b@y.example"},
            EMAIL := "Enter an email address in the correct format, like name@example.com",
            "#id_email",
        ),
        ({"email": "ann\r\nBcc: x@evil.example"}, EMAIL, "#id_email"),
        ({"phone": "ask"}, "Enter a telephone number, like 01632 960 001 or 07700 900 982", "#id_phone"),
    ],
)
def test_what_is_refused_says_what_to_do_and_where(data: dict[str, str], text: str, href: str) -> None:
    """One sentence, linked to the very box."""
    found = problems(Form(data))
    assert [(one.text, one.href) for one in found] == [(text, href)]


def test_what_is_asked_in_one_line_stays_one_line() -> None:
    """Whatever a program sends: a break in a name would end a heading of a letter too early."""

    class Named(forms.Form):
        name, several = forms.CharField(), forms.CharField(widget=forms.Textarea)
        hidden = forms.CharField(widget=forms.HiddenInput)

    sent = "Rhian\r\nBcc: all@x.example\t\u2028y"
    form = Named(dict.fromkeys(("name", "several", "hidden"), sent))
    assert form.is_valid()
    one = "Rhian Bcc: all@x.example y"
    assert form.cleaned_data == {"name": one, "several": sent, "hidden": sent}


def test_every_empty_field_has_its_own_sentence() -> None:
    """No "This field is required", in the order of the page, each linked to its first input."""
    found = problems(EveryField({}))
    assert [(one.text, one.href) for one in found] == EVERY_EMPTY


def test_djangos_other_sentences_are_said_plainly() -> None:
    """Too long, not a number, not an answer."""
    data = {"account": "x" * 15, "number": "three", "team": "z", "format": "z", "email": "nobody"}
    said = {one.href: one.text for one in problems(EveryField(data))}
    assert said["#id_account"] == "Plain text field must be 10 characters or fewer: it is 5 too long"
    assert said["#id_number"] == "How many children must be a whole number, like 3"
    assert said["#id_team"] == "Choose one of the answers listed"
    assert said["#id_format"] == "Choose one of the answers listed"
    assert said["#id_email"] == "Enter an email address in the correct format, like name@example.com"


def test_what_was_typed_in_a_wrong_date_is_kept() -> None:
    """Box by box."""
    page = str(Form(born("31", "<b>", "2014"))["born"].as_field_group())
    assert page.count('value="31"') == 1
    assert page.count('value="&lt;b&gt;"') == 1


def test_a_revealed_field_is_inside_its_answer_and_nowhere_else() -> None:
    """And its error is linked, after its question's place."""
    form = EveryField({"format": "other"})
    assert str(form).count('name="which"') == 1
    assert [one.href for one in problems(form) if one.text == "Enter which format"] == ["#id_which"]


@pytest.mark.parametrize("typed", ["9999-12-31T23:59", "9999-12-31T23:59+00:00", "0001-01-01T00:00+14:00"])
def test_the_ends_of_the_calendar_are_no_real_date(typed: str) -> None:
    """A length of time cannot be added to the last day there is: that ended as an error page."""
    with pytest.raises(forms.ValidationError, match=r"must be a real date|before the year 3000"):
        fields.DateTimeField().clean(typed)
    with pytest.raises(forms.ValidationError, match=r"must be a real date|before the year 3000"):
        fields.DateField().clean(typed[:10])
    with pytest.raises(forms.ValidationError, match=r"must be a real date|before the year 3000"):
        fields.DateTimeField().clean({"day": "31", "month": "12", "year": "9999", "time": "4pm"})
