"""Any JSON whatsoever is answered or refused by a line that names a field; never a traceback."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadlines.explaining import explain_each
from deadlines.rules.told import _DISCUSSION_FIELDS, _FIELDS, pairs
from protocols.presets import SLUGS

NOW = datetime(2026, 11, 23, tzinfo=UTC)
texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [*SLUGS, "referral", "incident", "immediate_risk", "in_hospital", "unknown", "telephone"]
    ),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59)).map(datetime.isoformat),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.timezones()).map(datetime.isoformat),
)
leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(sorted(_FIELDS | _DISCUSSION_FIELDS)), inner, max_size=5),
        st.dictionaries(st.text(max_size=8), inner, max_size=3),
    ),
    max_leaves=12,
)
discussions = st.fixed_dictionaries(
    {"started_at": st.one_of(texts, anything)},
    optional=dict.fromkeys(sorted(_DISCUSSION_FIELDS - {"started_at"}), anything),
)
nearly = st.fixed_dictionaries(
    {
        "protocol": st.sampled_from(SLUGS),
        "trigger": st.sampled_from(("referral", "incident")),
        "triggered_at": texts,
    },
    optional={
        **dict.fromkeys(sorted(_FIELDS - {"protocol", "trigger", "triggered_at", "discussions"}), anything),
        "discussions": st.lists(discussions, max_size=3),
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(anything, nearly), max_size=4))
def test_any_json(told: list[Any]) -> None:
    read = json.loads(json.dumps(told), object_pairs_hook=pairs)
    found = explain_each(read, NOW)
    assert len(found) == len(told)
    for answer in found:
        assert set(answer) in ({"error"}, {"protocol", "deadlines"})
        assert "\n" not in answer.get("error", "") and ": " in answer.get("error", ": ")
        json.dumps(answer, allow_nan=False).encode("ascii")
