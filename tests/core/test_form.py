"""The form of a text: the whole of it counts, digits are those of ASCII, and what is told says what to do."""

import pytest

from eks_blueprints.core.form import Form

COLOUR = Form(r"#\d{3}", what="is no colour", do="write it like #123")


def test_a_text_of_that_form_is_taken_as_it_is() -> None:
    assert COLOUR("#123") == "#123"
    assert COLOUR.fault("#123") is None


@pytest.mark.parametrize("value", ["#12", "#1234", "a#123", "#123\n", "#١٢٣", ""])
def test_another_text_is_refused_with_what_it_is_and_what_to_do(value: str) -> None:
    with pytest.raises(ValueError, match=r"is no colour; got .*; write it like #123"):
        COLOUR(value)


@pytest.mark.parametrize("value", [123, None, ["#123"]])
def test_what_is_no_text_has_not_the_form(value: object) -> None:
    assert (COLOUR.fault(value) or "").startswith("is no colour; got ")
