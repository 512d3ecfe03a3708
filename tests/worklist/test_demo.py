"""The demonstration fills an empty database once, with something to do for each role."""

from io import StringIO
from typing import ClassVar

from django.core.management import call_command
from django.test import Client, TestCase, override_settings
from django.utils import timezone

from accounts.models import User
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from minutes.models import Action
from outbox.models import Letter
from worklist.demo import LOG_INS, PASSWORD
from worklist.drift import families_left


@override_settings(DEMO=True)  # as script/demo sets it
class TestDemonstration(TestCase):
    """Filled once for all that is asked of it: it takes long."""

    said: ClassVar[str]

    @classmethod
    def setUpTestData(cls) -> None:
        said = StringIO()
        call_command("demo_data", stdout=said)
        cls.said = said.getvalue()

    def test_it_fills_once_and_says_how_to_sign_in(self) -> None:
        call_command("demo_data", stdout=StringIO())
        assert Case.objects.count() == 9
        assert PASSWORD in self.said
        for title, email in LOG_INS:
            assert email in self.said
            assert User.objects.get(email=email).check_password(PASSWORD), title

    def test_a_child_is_left_and_the_partner_of_an_overdue_action_was_reminded(self) -> None:
        """What a manager sees before anybody asks: a decision put off, never made, and who was reminded."""
        manager = User.objects.get(email="martin.cole@ambleford.example")
        left = families_left(manager, timezone.now())
        names = {row.name: row.why for family in left for row in family.rows}
        assert any("Was to be decided by" in reason for reason in names["Jude Hollis"])
        overdue = Action.objects.get(minutes__discussion__case__children__given_names="Jude", status="open")
        told = (overdue.owner.name, overdue.owner.user, overdue.chased_at is None)
        assert told == ("Grace Okoro", None, False)
        assert Letter.objects.filter(kind="actions_reminded", to_name="Grace Okoro").exists()
        seen = Deadline.objects.filter(case=overdue.minutes.discussion.case, duty=Duty.CHILD_SEEN)
        assert seen.count() == 2 and not seen.exclude(state="met").exists()  # as what was done says
        assert not Letter.objects.overdue().exists()  # the past's invitations are not given up as too late

    def test_each_role_finds_its_first_page(self) -> None:
        for _, email in LOG_INS:
            client = Client()
            client.force_login(
                User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
            assert client.get("/", follow=True).status_code == 200, email
