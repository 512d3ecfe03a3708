"""An address longer than mail can carry is refused at its field, before the database must."""

import pytest

from outbox.rules import BadAddressError, normalise_address


def test_an_address_longer_than_we_store_is_refused_in_a_sentence() -> None:
    long = f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.example"
    assert len(long) == 251
    assert normalise_address(long) == long
    with pytest.raises(BadAddressError, match="254 characters or fewer"):
        normalise_address(f"aaaa{long}")
