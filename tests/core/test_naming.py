from hypothesis import given
from hypothesis import strategies as st

from eks_blueprints.core.naming import short_prefix

NAMES = st.text("abc-", min_size=1, max_size=200)
LIMITS = st.sampled_from([63, 64, 80, 125])


@given(NAMES, LIMITS)
def test_every_name_fits_its_limit(name: str, limit: int) -> None:
    prefix = short_prefix(name, limit)
    assert len(name) + 8 <= limit if prefix is None else len(prefix) + 26 <= limit


def test_long_names_that_begin_alike_stay_apart() -> None:
    assert short_prefix("x" * 80 + "a", 64) != short_prefix("x" * 80 + "b", 64)
