"""Whose account is closed is given nothing: the database looks, in the moment in which something is given.

A service sees people as they were when it read them; an account may be closed at that very moment by somebody
else, who cannot see yet what is being given. So whoever gives holds the person FOR SHARE until they have
committed, and whoever closes locks them FOR UPDATE before looking at what they hold: one of the two waits for
the other and then sees what it did. KEY SHARE would not do: it does not wait for a change of `is_active`.
"""

import pgtrigger
from pgtrigger import Trigger

from govuk.waiting import LIVING_OWNER

LOOK = "PERFORM FROM accounts_user WHERE id = NEW.{column} AND is_active FOR SHARE;"


def living(field: str, *, name: str, condition: pgtrigger.Q) -> Trigger:
    """A trigger: the account that a row is given to is open; `condition` says when the row is still to do."""
    condition &= pgtrigger.Q(**{f"new__{field}__isnull": False})
    return given([f"{field}_id"], name=name, condition=condition, look=LOOK, people="accounts_user")


def given(columns: list[str], *, name: str, condition: pgtrigger.Q, look: str, people: str) -> Trigger:
    """A trigger that looks when a row is made and when one of its columns changes, and at nothing else.

    The first column is the person's, in the table `people`; `look` finds a row while they are there, and
    holds it. Else the row is refused, with their name, as `govuk.waiting.refusal_of` tells it.
    """
    column = columns[0]
    same = " AND ".join(f"NEW.{one} IS NOT DISTINCT FROM OLD.{one}" for one in columns)
    func = f"""
        IF TG_OP = 'UPDATE' AND {same} THEN RETURN NULL; END IF;
        {look.format(column=column)}
        IF NOT FOUND THEN
          RAISE EXCEPTION 'given to somebody who is not there' USING ERRCODE = 'check_violation',
            CONSTRAINT = '{LIVING_OWNER}',
            DETAIL = coalesce((SELECT one.name FROM {people} one WHERE one.id = NEW.{column}), '');
        END IF;
        RETURN NULL;
    """
    return Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),  # type: ignore[no-untyped-call]
        condition=condition,
        func=func,
    )
