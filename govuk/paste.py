"""The page on which a list is pasted: first what each line would make, then all of it or nothing."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse

from audit.errors import Refused
from govuk import widgets
from govuk.pasting import MOST_LINES, TOO_MANY, Checked, read_lines
from govuk.views import FormPage

ADD = "_save"


class PasteForm(forms.Form):
    """The list as pasted."""

    lines = forms.CharField(
        label="The list",
        max_length=100_000,
        strip=False,
        widget=widgets.Textarea(rows=10, attrs={"wrap": "off", "spellcheck": "false"}),
        error_messages={"required": "Paste the list"},
    )

    def clean_lines(self) -> str:
        """Something must stand in it."""
        text: str = self.cleaned_data["lines"]
        if not text.strip():
            raise forms.ValidationError("Paste the list")
        return text


class PastePage(FormPage):
    """Paste, look, add. A page names its `columns`, `example` and `noun`, and says how to check and add."""

    form_class = PasteForm
    template_name = "govuk/paste_page.html"
    button = "Check the list"
    columns: ClassVar[Sequence[str]] = ()
    heads: ClassVar[Sequence[str]] = ()  # of what is shown of each line; the first five columns unless told
    example: ClassVar[str] = ""
    noun: ClassVar[tuple[str, str]] = ("line", "lines")
    checked: list[Checked] | None = None

    def check_lines(self, lines: list[Any]) -> list[Checked]:
        """Return each line with what it would make, or what is wrong with it."""
        raise NotImplementedError

    def add(self, made: list[Any]) -> Any:
        """Add all of it in one service call."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without the second button it only looks."""
        if ADD in request.POST:
            return super().post(request, *args, **kwargs)
        self.bound_rows = {}
        form = self.make_form(request.POST, request.FILES)
        if not form.is_valid() or not self.look(form):
            return self.page(form, status=422)
        return self.page(form)

    def look(self, form: Any) -> bool:
        """Check every line, and say whether there is anything to show."""
        lines = read_lines(form.cleaned_data["lines"], self.columns)
        if len(lines) > MOST_LINES or not lines:
            form.add_error("lines", TOO_MANY if lines else "There is no line with anything in it")
            return False
        self.checked = self.check_lines(lines)
        return True

    def act(self, form: Any) -> Any:
        if not self.look(form):
            raise Refused("lines", "Nothing was added")
        assert self.checked is not None
        wrong = [one for one in self.checked if one.problem]
        if wrong:
            raise Refused("lines", f"Line {wrong[0].line.number}: {wrong[0].problem}. Nothing was added")
        return self.add([one.made for one in self.checked if not one.note])

    def get_message(self, done: Any) -> str:
        return f"{len(done)} {self.noun[len(done) != 1]} added."

    def get_context(self) -> dict[str, Any]:
        checked = self.checked
        wrong = sum(1 for one in checked or () if one.problem)
        new = sum(1 for one in checked or () if not one.problem and not one.note)
        return {
            "columns": self.columns,
            "heads": self.heads or self.columns[:5],
            "example": self.example,
            "checked": checked,
            "wrong": wrong,
            "new": new,
            "may_add": bool(checked) and not wrong and bool(new),
            "add_button": f"Add {new} {self.noun[new != 1]}",
        }
