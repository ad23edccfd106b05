"""Reading properties: what is unknown ends in a verdict of its own."""

import pytest

from eks_blueprints.policies.props import Props, Undetermined, any_known

UNKNOWN = {"$unknown": True}
PROPS = Props(
    {
        "plain": {"text": "a", "list": [1, None, 2], "none": None, "true": "true", "number": "3", "half": 0.5},
        "unknown": UNKNOWN,
        "secret": {"$secret": True},
        "symbol": "${shop.endpoint}",
        "invoke": "${getSubnet(id=subnet-1).cidrBlock}",
        "variable": "arn:aws:s3:::${aws:username}/${HOME.x}",
        "document": '{"Statement": {"Resource": "${shop.arn}"}}',
    },
    (),
    {"shop"},
)


def test_what_is_known_is_read() -> None:
    assert PROPS.get("plain", "text") == "a"
    assert PROPS.get("plain", "missing", "deeper") is None
    assert PROPS.get("plain", "list", 0) == 1
    assert PROPS.get("variable") == "arn:aws:s3:::${aws:username}/${HOME.x}"


@pytest.mark.parametrize(
    "keys", [("unknown",), ("unknown", "x"), ("secret",), ("symbol",), ("symbol", "x"), ("invoke",)]
)
def test_what_is_not_known_is_said(keys: tuple[str, ...]) -> None:
    with pytest.raises(Undetermined, match=keys[0]):
        PROPS.get(*keys)


def test_that_something_is_given_needs_no_content() -> None:
    assert all(PROPS.has(key) for key in ("unknown", "secret", "symbol"))
    assert not PROPS.has("plain", "none")
    with pytest.raises(Undetermined):
        PROPS.has("unknown", "x")


def test_text_keeps_its_symbols() -> None:
    assert PROPS.text("symbol") == "${shop.endpoint}"
    with pytest.raises(Undetermined):
        PROPS.text("secret")


def test_flags_and_numbers_may_be_text() -> None:
    plain = PROPS.at("plain")
    assert plain.flag("true") is True
    assert plain.number("number") == 3
    assert plain.number("half") == 0.5
    assert plain.number("text") is None
    assert plain.flag("text") is None


def test_entries_have_their_paths() -> None:
    assert [(item.path, item.get()) for item in PROPS.items("plain", "list")] == [
        (("plain", "list", 0), 1),
        (("plain", "list", 2), 2),
    ]
    assert [key for key, _ in PROPS.at("plain").pairs()] == ["text", "list", "true", "number", "half"]


def test_a_document_is_read_inside() -> None:
    statement = PROPS.document("document").items("Statement")[0]
    assert statement.text("Resource") == "${shop.arn}"
    with pytest.raises(Undetermined):
        Props("${shop.policy}", ("policy",), {"shop"}).document()


def test_one_known_hit_outweighs_unknown_ones() -> None:
    parts = [Props(UNKNOWN), Props("bad")]
    assert any_known(parts, lambda value: value == "bad")
    with pytest.raises(Undetermined):
        any_known(parts, lambda value: value == "worse")


def test_a_fault_quotes_no_secret() -> None:
    fault = PROPS.fault("is wrong", "secret", got=[{"$secret": True}, UNKNOWN])
    assert fault.got == '["[secret]", "[unknown]"]'
