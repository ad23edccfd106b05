"""Charts to Argo CD and Flux: what moves, what stays, and that no release is uninstalled on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.migrate.catalogue import migration
from eks_blueprints.lifecycle.migrate.run import look, write_next
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.testing import record_stack

from .platforms import CHARTS, HEAD

RELEASE = "kubernetes:helm.sh/v3:Release"


def test_a_release_that_leaves_the_program_stays_on_the_cluster(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(CHARTS)
    done = ""
    while done != "default":
        done = write_next(look(migration("helm-to-argocd"), "prod", file)).phase.id  # type: ignore[union-attr]
    before = record_stack(file).plan
    write_next(look(migration("helm-to-argocd"), "prod", file))
    after = record_stack(file).plan
    gone = [each for each in diff_plans(before, after).resources if each.kind == "delete"]
    assert [(each.type, each.name, each.retained) for each in gone] == [(RELEASE, "prod-keda-release", True)]
    (application,) = [each for each in after.resources if each.type.endswith(":Application")]
    assert application.inputs["spec"]["source"]["helm"]["releaseName"] == "keda"
    assert "finalizers" not in application.inputs["metadata"]


def test_to_change_the_default_at_once_would_uninstall(tmp_path: Path) -> None:
    """What the phases are there for."""
    file = tmp_path / "prod.yaml"
    file.write_text(CHARTS + "  argocd: {}\n")
    before = record_stack(file).plan
    file.write_text(CHARTS + "  argocd: {}\naddon_defaults: {delivery: argocd}\n")
    gone = [each for each in diff_plans(before, record_stack(file).plan).resources if each.kind == "delete"]
    assert {(each.name, each.retained) for each in gone} == {
        ("prod-keda-release", False),
        ("prod-external-dns-release", False),
    }


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("{secret_values: {adminPassword: {secret: token}}}", "would be stored in plain text"),
        ("{values: {adminPassword: hunter2-hunter2}}", "would be stored in plain text in an object of Argo CD"),
        ("{delivery: helm}", "stays with Helm, as it says itself"),
    ],
)
def test_what_stays_with_helm_is_listed_and_pinned(tmp_path: Path, said: str, why: str) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(CHARTS.replace("grafana: {delivery: helm}", f"grafana: {said}"))
    found = look(migration("helm-to-argocd"), "prod", file)
    assert any(why in str(each) and "addons.grafana" in str(each) for each in found.stays), found.stays
    assert not any(each.phase.id == "move-grafana" for each in found.phases)
    (default,) = [each for each in found.phases if each.phase.id == "default"]
    assert ("delivery: helm, values" in default.diff or "delivery: helm, secret" in default.diff) == ("values" in said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CHARTS + "  fluxcd: {}\naddon_defaults: {delivery: flux}\n", "is another agent; got flux"),
        (HEAD + "compute: {nodes: {kind: managed_nodes}}\n", "has no chart that Argo CD could install"),
    ],
)
def test_what_does_not_apply_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        look(migration("helm-to-argocd"), "prod", file)


def test_a_platform_that_an_agent_keeps_is_where_it_leads(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(
        CHARTS + "  argocd: {}\naddon_defaults: {delivery: {by: argocd, repository: https://github.com/a/b}}\n"
    )
    found = look(migration("helm-to-argocd"), "prod", file)
    assert found.finished
    assert found.next is None
