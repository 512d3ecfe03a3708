"""Why the house refuses: raised by services, shown beside the field or on one explaining page."""


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The house will not do this; `sentence` says why and what to do, `field` where to say it."""

    status = 409

    def __init__(self, field: str | None, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


class NotAllowed(Refused):
    """This person may not do this; the sentence names the rule."""

    status = 403

    def __init__(self, sentence: str) -> None:
        super().__init__(None, sentence)


class MoveNotAllowed(Refused):
    """This thing is not at the point where that can be done; somebody may have been quicker."""

    def __init__(self, sentence: str) -> None:
        super().__init__(None, sentence)


class Altered(MoveNotAllowed):
    """What is kept is no longer what was made or authorised: it is given to nobody."""


class StaleVersion(Refused):
    """Somebody changed this meanwhile; both texts are kept and shown."""


class Taken(Refused):
    """Somebody else has it; the sentence says who."""


def refuse(reason: str | None) -> None:
    """Raise `NotAllowed` with the reason a permission returned; do nothing when it returned none."""
    if reason is not None:
        raise NotAllowed(reason)
