"""What is wrong with a protocol."""


class ProtocolProblem(ValueError):  # noqa: N818  shown as a sentence, like a refusal
    """A protocol that cannot stand; `sentence` says why with the clause, `field` where."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence
