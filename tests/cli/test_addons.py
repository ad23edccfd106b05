"""`eks-blueprints addons`: the list, a search, and one add-on."""

import json
from pathlib import Path

import pytest

from .test_commands import call


def test_it_lists_them_by_category_with_what_they_need() -> None:
    done = call("addons")
    assert done.returncode == 0
    assert "\nsecurity\n" in done.stdout
    assert "Hold pods to the Pod Security Standards by policies of Kyverno: reported, or refused (needs kyverno)" in (
        done.stdout
    )


def test_one_category_as_data() -> None:
    rows = json.loads(call("addons", "--category", "backup", "--format", "json").stdout)
    assert [row["kind"] for row in rows] == ["velero"]
    assert rows[0]["source"].startswith("chart velero ")


def test_a_word_finds_those_that_are_about_it() -> None:
    done = call("addons", "find", "hosted zones")
    assert "cert_manager" in done.stdout
    assert "velero" not in done.stdout


def test_one_is_shown_with_fields_permissions_and_values() -> None:
    done = call("addons", "show", "external_dns")
    assert done.returncode == 0
    for text in ("zone_arns (required): ARNs", "route53:ChangeResourceRecordSets", '"policy": "upsert-only"'):
        assert text in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "externaldns"), 'no such add-on; got "externaldns"; did you mean external_dns?'),
        (("--category", "backups"), 'no such category; got "backups"; did you mean backup?'),
        (("find", "zzzz"), "no add-on has zzzz"),
    ],
)
def test_what_is_not_there_is_told(words: tuple[str, ...], told: str) -> None:
    done = call("addons", *words)
    assert done.returncode == 2
    assert told in done.stderr


def test_pages_are_written_and_old_ones_taken_away(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old")
    assert call("addons", "--write", str(tmp_path)).returncode == 0
    assert (tmp_path / "velero.md").is_file()
    assert not (tmp_path / "gone.md").exists()


@pytest.mark.parametrize("words", [["karpenter"], ["managed-nodes"], ["fargate"], ["show", "auto_mode"]])
def test_compute_is_told_where_to_write_it(words: list[str]) -> None:
    done = call("addons", *words)
    kind = words[-1].replace("-", "_")
    assert done.returncode == 2
    assert f"is compute and no add-on; got {words[-1]}; write it below compute in a stack file" in done.stderr
    assert f"compute: {{{kind}: {{}}}}; see: eks-blueprints explain compute.{kind}" in done.stderr


def test_a_name_alone_shows_the_addon() -> None:
    assert call("addons", "metrics-server").stdout == call("addons", "show", "metrics_server").stdout
    assert 'got "metric_server"; did you mean metrics_server?' in call("addons", "metric_server").stderr
