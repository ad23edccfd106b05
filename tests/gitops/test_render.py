"""Stacks as files of a repository."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from eks_blueprints.core.errors import InputError
from eks_blueprints.kubernetes import check
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import of
from eks_blueprints.review.preview.run import recorded
from eks_blueprints.review.preview.targets import stack_target
from tests import PROJECT

from .platform import FLUX, IMAGE, STACK, gitops, stack_file

WEB = "clusters/prod/web/deployment.shop.web.yaml"


def rendered(tmp_path: Path, text: str = STACK, *options: object) -> Path:
    folder = tmp_path / "manifests"
    done = gitops("render", stack_file(tmp_path / "stacks", text), "--to", folder, *options)
    assert done.exit_code == 0, done.output
    return folder


def names(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def data(folder: Path, path: str) -> Any:
    return yaml.safe_load((folder / path).read_text())


def test_each_object_is_a_file_in_the_folder_of_its_part(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    assert names(folder) == {
        "clusters/prod/.eks-blueprints.json",
        "clusters/prod/kustomization.yaml",
        "clusters/prod/keda/application.argocd.keda.yaml",
        "clusters/prod/keda/kustomization.yaml",
        "clusters/prod/quotas/kustomization.yaml",
        "clusters/prod/quotas/resourcequota.shop.shop.yaml",
        WEB,
        "clusters/prod/web/kustomization.yaml",
        "clusters/prod/web/poddisruptionbudget.shop.web.yaml",
        "clusters/prod/web/serviceaccount.shop.web.yaml",
    }
    assert data(folder, "clusters/prod/kustomization.yaml")["resources"] == ["keda", "quotas", "web"]
    assert data(folder, WEB)["spec"]["replicas"] == 3


def test_applications_of_the_capability_name_its_own_cluster(tmp_path: Path) -> None:
    arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
    capability = f"argocd_capability: {{idc_instance_arn: '{arn}', access_policies: [{{policy: cluster_admin}}]}}"
    folder = rendered(tmp_path, STACK.replace("argocd: {}", capability))
    chart = data(folder, "clusters/prod/keda/application.argocd.keda.yaml")
    assert chart["spec"]["destination"] == {"name": "in-cluster", "namespace": "keda"}


def test_the_program_leaves_to_git_what_is_rendered_and_nothing_else(tmp_path: Path) -> None:
    file = stack_file(tmp_path / "stacks")
    made = {each.name for each in recorded(stack_target(str(file))).plan().resources}
    assert {"prod-argocd-release", "prod-namespace-shop-namespace", "prod-gitops-application"} <= made
    assert not {"prod-web-deployment", "prod-keda-release", "prod-quotas-shop"} & made
    without = stack_file(tmp_path / "plain", STACK.partition("addon_defaults")[0])
    all_of_it = {each.name for each in recorded(stack_target(str(without))).plan().resources}
    assert {"prod-web-deployment", "prod-keda-release", "prod-quotas-shop"} <= all_of_it


def test_the_same_stack_gives_the_same_bytes_and_touches_no_file(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    for each in folder.rglob("*.yaml"):
        os.utime(each, (1, 1))
    rendered(tmp_path)
    assert {each.stat().st_mtime for each in folder.rglob("*.yaml")} == {1}


def test_check_tells_whether_the_folder_is_up_to_date(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    file = tmp_path / "stacks" / "prod.yaml"
    assert gitops("render", file, "--to", folder, "--check").exit_code == 0
    file.write_text(STACK.replace("replicas: 3", "replicas: 4"))
    done = gitops("render", file, "--to", folder, "--check")
    assert done.exit_code == 4
    assert f"~ {WEB}" in done.output
    assert data(folder, WEB)["spec"]["replicas"] == 3


def test_files_that_are_no_longer_needed_go_and_no_others(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    own = folder / "clusters/prod/keda/notes.md"
    own.write_text("mine")
    rendered(tmp_path, STACK.replace("  keda: {}\n", ""))
    assert {each for each in names(folder) if "keda" in each} == {"clusters/prod/keda/notes.md"}
    assert "keda" not in data(folder, "clusters/prod/kustomization.yaml")["resources"]


def test_a_file_of_somebody_else_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "manifests" / WEB
    file.parent.mkdir(parents=True)
    file.write_text("mine: true\n")
    with pytest.raises(InputError, match="was not written by this command"):
        rendered(tmp_path)
    assert file.read_text() == "mine: true\n"
    assert names(tmp_path / "manifests") == {WEB}


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "clusters").symlink_to(tmp_path / "outside")
    with pytest.raises(InputError, match="is a link"):
        rendered(tmp_path)
    assert not [*(tmp_path / "outside").iterdir()]


def test_folders_of_two_projects_are_kept_apart(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    mark = folder / "clusters/prod/.eks-blueprints.json"
    mark.write_text(json.dumps(json.loads(mark.read_text()) | {"project": "other"}))
    with pytest.raises(InputError, match="lists files of another project's stack prod"):
        rendered(tmp_path)
    mark.write_text("<<<<<<< HEAD\n")
    with pytest.raises(InputError, match="is no list of files of this command"):
        rendered(tmp_path)


def test_waves_follow_what_waits_for_what(tmp_path: Path) -> None:
    folder = rendered(tmp_path)

    def wave(path: str) -> int:
        return int((data(folder, path)["metadata"].get("annotations") or {}).get("argocd.argoproj.io/sync-wave", 0))

    account, deployment = wave("clusters/prod/web/serviceaccount.shop.web.yaml"), wave(WEB)
    assert wave("clusters/prod/keda/application.argocd.keda.yaml") < account < deployment


def test_adding_a_workload_changes_the_files_of_no_other(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    before = {each: (folder / each).read_text() for each in names(folder)}
    more = STACK.replace("workloads:\n", "workloads:\n  api: {kind: deployment, namespace: shop, image: 'a/b:1'}\n")
    rendered(tmp_path, more)
    changed = {each for each in before if (folder / each).read_text() != before[each]}
    assert changed == {"clusters/prod/kustomization.yaml", "clusters/prod/.eks-blueprints.json"}


def test_flux_has_a_kustomization_for_each_part_that_waits_for_others(tmp_path: Path) -> None:
    folder = rendered(tmp_path, FLUX.replace("acme/manifests}", "acme/manifests, path: platform, interval: 2m}"))
    web = data(folder, "flux/prod/web.yaml")
    assert web["metadata"] == {"name": "web", "namespace": "flux-system"}
    assert web["spec"]["path"] == "./platform/clusters/prod/web"
    assert web["spec"]["dependsOn"] == [{"name": "keda"}, {"name": "quotas"}]
    assert (web["spec"]["wait"], web["spec"]["prune"], web["spec"]["interval"]) == (True, True, "2m")
    assert data(folder, "clusters/prod/keda/helmrelease.flux-system.keda.yaml")["kind"] == "HelmRelease"
    assert (folder / "clusters/prod/keda/helmrepository.flux-system.keda.yaml").is_file()


def test_every_file_is_an_object_that_an_api_server_takes(tmp_path: Path) -> None:
    for text in (STACK, FLUX):
        folder = rendered(tmp_path / text[70:90].strip().replace("\n", ""), text)
        for each in folder.rglob("*.yaml"):
            found = yaml.safe_load(each.read_text())
            if found["apiVersion"].startswith("kustomize.config"):
                continue
            told = check.Checked()
            check.check(found, of(35), Definitions(()), told)
            assert not told.problems, each


ROLE = """\
    service_account: {allow: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::shop/*"]}], identity: irsa}
"""


def with_role() -> str:
    return STACK.replace("    labels: {app: MyApp}\n", "    labels: {app: MyApp}\n" + ROLE)


def test_a_value_that_only_aws_knows_is_refused_by_name_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        rendered(tmp_path, with_role())
    assert "ServiceAccount shop/web cannot be written" in str(error.value)
    assert "prod-web-identity-role.arn" in str(error.value)
    assert "--outputs" in str(error.value)
    assert not (tmp_path / "manifests").exists()


def test_it_is_written_with_the_value_from_a_file(tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    known.write_text("prod-web-identity-role.arn: arn:aws:iam::111122223333:role/web\n")
    folder = rendered(tmp_path, with_role(), "--outputs", known)
    account = data(folder, "clusters/prod/web/serviceaccount.shop.web.yaml")
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] == "arn:aws:iam::111122223333:role/web"


def test_it_is_written_with_the_state_of_the_stack(tmp_path: Path) -> None:
    plan = recorded(stack_target(str(stack_file(tmp_path / "stacks", with_role())))).plan()
    rows: list[dict[str, Any]] = [
        {"urn": plan.resources[0].urn, "type": "pulumi:pulumi:Stack"},
        *(
            {
                "urn": each.urn,
                "type": each.type,
                "id": "web",
                "inputs": {},
                "outputs": {"arn": f"arn:aws:iam::1:role/{each.name}"},
            }
            for each in plan.resources
            if each.name == "prod-web-identity-role"
        ),
    ]
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": rows}}))
    folder = rendered(tmp_path, with_role(), "--outputs", state)
    account = data(folder, "clusters/prod/web/serviceaccount.shop.web.yaml")
    told = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert told == "arn:aws:iam::1:role/prod-web-identity-role"


def test_what_is_left_out_for_want_of_a_value_keeps_its_file(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    account = folder / "clusters/prod/web/serviceaccount.shop.web.yaml"
    before = account.read_text()
    done = gitops("render", stack_file(tmp_path / "stacks", with_role()), "--to", folder, "--skip-unknown")
    assert done.exit_code == 0
    assert "left out: ServiceAccount shop/web" in done.output
    assert account.read_text() == before
    assert account.name in data(folder, "clusters/prod/web/kustomization.yaml")["resources"]
    assert "0 files" not in done.output
    assert "up to date" in done.output
    rendered(tmp_path)
    assert account.read_text() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "holds no values"),
        ("a: {b: c}", "a: needs one value"),
        ('{"deployment": {"resources": []}}', "holds no resources"),
        ("a: [", "is neither JSON nor YAML"),
    ],
)
def test_files_of_values_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    known = tmp_path / "known.yaml"
    known.write_text(text)
    with pytest.raises(InputError, match=message):
        rendered(tmp_path, STACK, "--outputs", known)


SECRETS = """\
    secrets: {db: {data: {password: {secret: db}}}}
"""


def with_secret(tmp_path: Path, text: str) -> Path:
    """The stack file of a project whose settings hold the secret."""
    file = stack_file(
        tmp_path / "shop" / "stacks",
        text.replace("    labels: {app: MyApp}\n", "    labels: {app: MyApp}\n" + SECRETS),
    )
    (tmp_path / "shop" / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n"
    )
    shutil.copy(PROJECT / "stacks" / "__main__.py", file.parent)
    (file.parent / "Pulumi.prod.yaml").write_text("config: {shop:db: {secure: AAABAM}}\n")
    return file


def test_a_secret_is_made_by_the_program_and_never_written(tmp_path: Path) -> None:
    file = with_secret(tmp_path, STACK)
    assert gitops("render", file, "--to", tmp_path / "m").exit_code == 0
    assert not [each for each in names(tmp_path / "m") if "/secret." in each]
    made = recorded(stack_target(str(file))).plan()
    assert [each.name for each in made.resources if each.type == "kubernetes:core/v1:Secret"] == ["prod-web-secret-db"]


def test_a_secret_of_a_stack_without_a_repository_is_told(tmp_path: Path) -> None:
    file = with_secret(tmp_path, STACK.partition("addon_defaults")[0])
    done = gitops("render", file, "--to", tmp_path / "m")
    assert "left out: Secret shop/web-db: is a Secret, which belongs in no repository" in done.output
    assert not [each for each in names(tmp_path / "m") if "/secret." in each]


def test_without_a_repository_all_of_the_cluster_is_there(tmp_path: Path) -> None:
    folder = rendered(tmp_path, STACK.partition("addon_defaults")[0], "--agent", "flux")
    assert (folder / "clusters/prod/namespace-shop/namespace.shop.yaml").is_file()
    assert (folder / "clusters/prod/argocd/helmrelease.flux-system.argocd.yaml").is_file()
    assert data(folder, "flux/prod/web.yaml")["spec"]["dependsOn"]


def test_a_tag_that_a_pipeline_set_stays_until_the_stack_says_another(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    (folder / WEB).write_text((folder / WEB).read_text().replace("v3.0", "v3.1"))
    rendered(tmp_path, STACK.replace("replicas: 3", "replicas: 4"))
    assert f"{IMAGE}:v3.1" in (folder / WEB).read_text()
    assert data(folder, WEB)["spec"]["replicas"] == 4
    rendered(tmp_path, STACK.replace("replicas: 3", "replicas: 4"))
    assert f"{IMAGE}:v3.1" in (folder / WEB).read_text()
    rendered(tmp_path, STACK.replace("v3.0", "v3.2"))
    assert f"{IMAGE}:v3.2" in (folder / WEB).read_text()


def test_other_changes_by_hand_are_taken_back(tmp_path: Path) -> None:
    folder = rendered(tmp_path)
    before = (folder / WEB).read_text()
    (folder / WEB).write_text(before.replace("replicas: 3", "replicas: 9"))
    rendered(tmp_path)
    assert (folder / WEB).read_text() == before


def test_another_agent_than_the_stacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not who reads the repository of this stack; got flux"):
        rendered(tmp_path, STACK, "--agent", "flux")
