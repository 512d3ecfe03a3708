"""Who has left is given nothing: as `accounts.living`, of whoever is in the directory, account or none."""

import pgtrigger

from accounts.living import given

# Their account is held first, as whoever closes it does; every statement sees what was committed before it.
LOOK = """
        PERFORM FROM accounts_user account JOIN attendees_professional entry ON entry.user_id = account.id
          WHERE entry.id = NEW.{column} FOR SHARE OF account;
        PERFORM FROM attendees_professional entry
          LEFT JOIN accounts_user account ON account.id = entry.user_id
          WHERE entry.id = NEW.{column} AND entry.is_active AND account.is_active IS NOT FALSE
          FOR SHARE OF entry;"""


def present(field: str, *also: str, name: str, condition: pgtrigger.Q) -> pgtrigger.Trigger:
    """A trigger: whoever a row is given to is in the directory still, and their account, if any, is open.

    It looks too when one of the columns `also` changes.
    """
    columns = [f"{field}_id", *also]
    return given(columns, name=name, condition=condition, look=LOOK, people="attendees_professional")
