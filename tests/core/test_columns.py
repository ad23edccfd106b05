"""Tables for terminals: names stay whole."""

import pytest

from eks_blueprints.core.columns import table

NAME = "monitoring/kube-prometheus-stack-operator-admission"
ROWS = [(NAME, "8080/tcp", "shop/allow-web and two other policies of this namespace"), ("a", "any", "nobody")]


@pytest.mark.parametrize("width", [30, 60, 80, 100, 140])
def test_names_are_never_broken(width: int) -> None:
    text = "\n".join(table(("who", "ports", "by"), ROWS, width))
    assert NAME in text
    assert "shop/allow-web" in text
    assert "8080/tcp" in text


def test_lines_fit_where_their_words_do() -> None:
    assert max(map(len, table(("who", "ports", "by"), ROWS, 100))) <= 100


def test_cells_stand_below_the_first_where_there_is_no_room() -> None:
    assert list(table(("who", "ports", "by"), ROWS, 60))[:3] == [
        f"  {NAME}",
        "    ports  8080/tcp",
        "    by     shop/allow-web and two other policies of this",
    ]
