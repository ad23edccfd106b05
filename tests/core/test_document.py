"""YAML with the place of everything."""

import pytest

from eks_blueprints.core.document import Place, documents, located, parse, read
from eks_blueprints.core.errors import InputError, Problem


def test_values_keys_and_their_places() -> None:
    document = parse("a: 1\nb:\n  - {c: x}\n", "f.yaml")
    assert document.data == {"a": 1, "b": [{"c": "x"}]}
    assert document.place(("b", 0, "c")) == Place(3, 9, "x", "f.yaml")
    assert document.place(("b", 0, "c"), of_key=True) == Place(3, 6, "c", "f.yaml")


def test_what_is_missing_is_placed_at_what_encloses_it() -> None:
    document = parse("a: 1\nb:\n  c: x\n", "f.yaml")
    place = document.place(("b", "d"))
    assert place is not None
    assert place.line == 2


def test_scalars_are_read_as_yaml_1_2() -> None:
    data = parse("{a: no, b: 1.30, c: 2024-01-01, d: ~, e: 0o17, f: true, 80: x}").data
    assert data == {"a": "no", "b": 1.3, "c": "2024-01-01", "d": None, "e": 15, "f": True, "80": "x"}


def test_merge_keys_and_anchors() -> None:
    data = parse("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n").data
    assert data["y"] == {"a": 1, "b": 3}


def test_an_alias_means_the_last_anchor_before_it() -> None:
    assert parse("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").data == {"a": 1, "b": 1, "c": 2, "d": 2}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\na: 2\n", "f.yaml:2:1: a: is given twice"),
        ("a: [1\nb: 2", "f.yaml:2:2: is invalid YAML"),
        ("a:\n\tb: 1\n", "f.yaml:2:1: is invalid YAML: a tab cannot indent; got a tab; use spaces"),
        ("a:\tb\n", "f.yaml:1:3: is invalid YAML: a tab cannot separate a key from its value"),
        ("a: @x\n", 'a text cannot begin with this character; got "@"; put the text in quotes'),
        ("a: b: c\n", 'a second colon follows in one line; got ":"'),
        ("x: 1\na: {b: c\n", "the bracket of line 2 is not closed, or a comma is missing; got the end of the file"),
        ("a: {b: 1 c: 2}\n", "f.yaml:1:11: is invalid YAML: the bracket of line 1 holds a second colon"),
        ('a: "x\nb: 1\n', "the quote of line 1 is not closed"),
        ("a:\n  - b\n c: d\n", 'f.yaml:3:2: is invalid YAML: the line is not indented as its neighbours are; got "c"'),
        ("a: [1]]\n", 'a bracket is closed that was not opened; got "]"; remove it'),
        ("a: *x\n", 'names an anchor that does not exist; got "*x"'),
        ("%YAML 1.1\na: 1\n", "f.yaml:2:1: is invalid YAML: expected"),
        ("- a", "f.yaml:1:1: needs a mapping at the top"),
        ("", "needs one YAML document; got an empty file"),
        ("a: 1\n---\nb: 2\n", "needs one YAML document; got 2 documents"),
        ("a: !!python/object:os.system x", "f.yaml:1:4: a: cannot be read"),
        ("a: &a [*a]", "is nested too deeply"),
        ("\x00", "is invalid YAML"),
        ("{[a]: 1}", "a key must be text"),
        ("a: {<<: 3}", "<< needs mappings"),
        ("a: !x {b: c}", 'f.yaml:1:4: a: has a YAML tag; got "!x"; write it without'),
        ("a: !!set {b}", "f.yaml:1:4: a: has a YAML tag"),
        ("a: 1\nb: &c !y [1]\n", "f.yaml:2:4: b: has a YAML tag"),
        ("!x\na: 1\n", "f.yaml:1:1: has a YAML tag"),
        (f"a: {'9' * 5000}", "f.yaml:1:4: a: cannot be read: a number of 5000 digits; got"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        parse(text, "f.yaml")
    assert says in str(error.value)


def test_a_tag_that_says_what_is_there_anyway_is_read() -> None:
    assert parse("!!map\na: !!seq [1]\nb: ! {c: 1}\n").data == {"a": [1], "b": {"c": 1}}


def test_directives_are_read() -> None:
    assert parse("%YAML 1.1\n---\na: yes\n").data == {"a": True}
    assert parse("%YAML 1.2\n%TAG ! tag:example.com,2026:\n---\na: yes\n").data == {"a": "yes"}


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(InputError, match="is too large"):
        parse("\n".join(lines))


def test_files_that_cannot_be_read(tmp_path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(InputError, match="is not UTF-8"):
        read(tmp_path / "latin.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path) -> None:
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read(tmp_path / "bom.yaml").data == {"a": 1}


def test_an_unquoted_version_is_quoted_back_as_it_was_written() -> None:
    document = parse("cluster:\n  version: 1.30\n", "f.yaml")
    problem = Problem(("cluster", "version"), 'needs text; got 1.3; quote it: "1.3"')
    [found] = located([problem], document)
    assert str(found) == (
        'f.yaml:2:12: cluster.version: needs text; got 1.30, which YAML reads as a number; quote it: "1.30"'
    )


def test_documents_of_one_text_have_places_of_their_own() -> None:
    first, second = documents("a: &x {b: 1}\nc: *x\n---\n# nothing\n---\n- 2\n", "app.yaml")
    assert (first.data, second.data) == ({"a": {"b": 1}, "c": {"b": 1}}, [2])
    place = second.place((0,))
    assert place is not None
    assert (place.line, place.column) == (6, 3)
    with pytest.raises(InputError, match=r"app\.yaml:4:1: a: is given twice"):
        documents("b: 1\n---\na: 1\na: 2\n", "app.yaml")
