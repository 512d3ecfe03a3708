"""Which addresses are kept confidential: one rule for sheets, partners' pages and minutes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kept:
    """The places that must not be told, by their keys; or wherever the children of the case live."""

    places: frozenset[str] = frozenset()
    everywhere: bool = False

    def hides(self, child: Any) -> bool:
        """Whether where this child lives stays untold: marked so, or the home of somebody who is."""
        if child.address_confidential or self.everywhere:
            return True
        return bool(self.places & {key_of(child.address, child.postcode), key_of(child.address, "")})

    def is_told_in(self, words: str) -> bool:
        """Whether one of the places, or any where all are kept, may stand in these words."""
        squeezed = key_of(words, "")
        return self.everywhere or any(place in squeezed for place in self.places)


def kept_places(children: Iterable[Any], family: Iterable[Any]) -> Kept:
    """What a family keeps confidential: of children and adults, each with its address, postcode and mark.

    An adult of the household who has no other address lives where the children do: that place is kept then.
    """
    adults = [one for one in family if one.address_confidential]
    marked = [*adults, *(child for child in children if child.address_confidential)]
    keys = {key_of(one.address, code) for one in marked for code in (one.postcode, "")}
    at_home = any(one.in_household and not (one.address.strip() or one.postcode.strip()) for one in adults)
    return Kept(frozenset(keys - {""}), at_home)


def key_of(address: str, postcode: str) -> str:
    """An address by which two of one place are known to be one, however they are spelt; empty for none."""
    told, code = (
        "".join(letter for letter in text.casefold() if letter.isalnum()) for text in (address, postcode)
    )
    return told if told.endswith(code) else told + code
