"""Numbers and codes that carry their own check: NHS number, unique pupil number, postcode."""

import re

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # by remainder; I, O and S are never used
POSTCODE = re.compile(r"(GIR0AA|[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2})")
PART_OF_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?([0-9][A-Z]{0,2})?")


def is_nhs_number(text: str) -> bool:
    """Whether the ten digits carry their right check digit (modulus 11)."""
    digits = _bare(text)
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        return False
    check = (
        11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    )
    return check % 11 == int(digits[9]) if check != 10 else False


def is_upn(text: str) -> bool:
    """Whether a unique pupil number begins with its right check letter.

    A letter, then twelve digits of which the last may be a letter (a temporary number): the digits times
    2 to 13, the sum's remainder by 23 names the first letter.
    """
    upn = _bare(text).upper()
    if not re.fullmatch(r"[A-Z][0-9]{11}[0-9A-Z]", upn, re.ASCII):
        return False
    last = int(upn[12]) if upn[12].isdigit() else UPN_LETTERS.find(upn[12])
    if last < 0:
        return False
    values = [*(int(digit) for digit in upn[1:12]), last]
    return (
        UPN_LETTERS[sum(value * weight for value, weight in zip(values, range(2, 14), strict=True)) % 23]
        == upn[0]
    )


def tidy_postcode(text: str) -> str:
    """“ch411aa” as “CH41 1AA”; what is no postcode is left as it was typed, without spaces at its ends."""
    key = postcode_key(text)
    return f"{key[:-3]} {key[-3:]}" if POSTCODE.fullmatch(key) else text.strip()


def postcode_key(text: str) -> str:
    """Capitals and digits alone, as postcodes are compared."""
    return _bare(text).upper()


def is_postcode(text: str) -> bool:
    """Whether this is a whole postcode."""
    return POSTCODE.fullmatch(postcode_key(text)) is not None


def begins_a_postcode(text: str) -> bool:
    """Whether this may be a postcode's beginning: “CH4”, “ch41 1”."""
    return PART_OF_POSTCODE.fullmatch(postcode_key(text)) is not None


def _bare(text: str) -> str:
    return re.sub(r"[\s-]", "", text)
