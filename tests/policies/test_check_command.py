"""`check --policies` on programs and plans."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.check import command
from eks_blueprints.core.errors import InputError
from eks_blueprints.policies.check import check_plan
from eks_blueprints.recording.plan import KIND, VERSION
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import Target

PROGRAM = """import pulumi_kubernetes as k8s

k8s.core.v1.Pod("bare", spec={"hostNetwork": True, "containers": [{"name": "a", "image": "ghcr.io/shop/app:1.2.3"}]})
"""
PLAN = {
    "kind": KIND,
    "version": VERSION,
    "project": "shop",
    "stack": "prod",
    "resources": [
        {
            "urn": "urn:pulumi:prod::shop::kubernetes:core/v1:Pod::bare",
            "type": "kubernetes:core/v1:Pod",
            "name": "bare",
            "custom": True,
            "inputs": {"spec": {"hostNetwork": True, "containers": [{"name": "a", "image": "x:1"}]}},
        }
    ],
    "outputs": {},
}


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(command, [str(each) for each in args])


def test_any_program_is_judged(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    result = _run("--policies", "--program", tmp_path, "dev", "--format", "json")
    assert result.exit_code == 3, result.output
    (stack,) = json.loads(result.stdout)["stacks"]
    assert stack["stack"] == "dev"
    assert "k8s-no-host-network" in {each["policy"] for each in stack["findings"]}


def test_settings_beside_the_program_hold(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: app\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text(PROGRAM)
    (tmp_path / "app" / "policies.yaml").write_text("rules: {k8s-no-host-network: {enforcement: disabled}}\n")
    found = json.loads(_run("--program", tmp_path, "--format", "json").stdout)["stacks"][0]["findings"]
    assert "k8s-no-host-network" not in {each["policy"] for each in found}
    assert "k8s-no-bare-pods" in {each["policy"] for each in found}


def test_a_plan_is_judged(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(PLAN))
    result = _run("--policies", "--plan", file)
    assert result.exit_code == 3
    assert result.stdout.startswith("prod: ")
    assert "k8s-no-host-network" in result.stdout
    assert _run("--plan", file, "dev").exit_code == 2


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"kind": "x"}'])
def test_what_is_no_plan_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    result = _run("--plan", file)
    assert isinstance(result.exception, InputError)
    assert "is not a plan" in str(result.exception)


DAMAGED = {
    "type": [1],
    "urn": 7,
    "inputs": "x",
    "custom": None,
    "parent": {"a": 1},
    "dependencies": {"a": 1},
    "propertyDependencies": [1],
    "provider": [1],
    "options": "x",
    "position": 7,
    "source": "nowhere",
}


@pytest.mark.parametrize("field", DAMAGED)
def test_a_damaged_plan_is_told_where(tmp_path: Path, field: str) -> None:
    (resource,) = PLAN["resources"]
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({**PLAN, "resources": [resource | {field: DAMAGED[field]}]}))
    result = _run("--plan", file)
    assert isinstance(result.exception, InputError)
    assert f'plan.json: "resources"[0]."{field}"' in str(result.exception)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({**PLAN, "resources": [3]}),
        "[" * 100_000,
        '{"a": ' * 5000 + "1" + "}" * 5000,
        json.dumps([PLAN, PLAN]),
    ],
)
def test_a_plan_that_nobody_wrote_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    assert isinstance(_run("--plan", file).exception, InputError)


def test_a_plan_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(f"\ufeff{json.dumps(PLAN)}", encoding="utf-8")
    assert _run("--plan", file).exit_code == 3


def test_one_thing_is_judged_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(PLAN))
    result = _run("--plan", file, "--program", tmp_path)
    assert result.exit_code == 2
    assert "exclude each other" in result.output


def test_a_finding_about_a_workload_is_at_the_field_that_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "dev.yaml"
    file.write_text("""\
region: us-east-1
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
namespaces: {shop: {}}
workloads:
  web:
    kind: deployment
    namespace: shop
    image: example.com/web:latest
    replicas: 1
    pod:
      hostNetwork: true
    sidecars:
      log:
        image: example.com/log:latest
""")
    plan = preview(Target("dev", None, file)).plan
    found = check_plan(plan).findings
    lines = {each.policy: each.line for each in found}
    assert lines["k8s-replicas-min-two"] == 10
    assert lines["k8s-no-host-network"] == 12
    tagged = {each.path[-3:]: each.line for each in found if each.policy == "k8s-image-tag-fixed"}
    assert tagged == {("containers", 0, "image"): 9, ("initContainers", 0, "image"): 15}
    # What is not written is at the workload.
    assert {each.line for each in found if each.policy == "k8s-readiness-probe"} == {6}


def test_a_finding_about_a_manifest_is_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "dev.yaml"
    file.write_text("""\
region: us-east-1
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
namespaces: {shop: {}}
addons:
  own:
    kind: manifests
    manifests:
      pod:
        apiVersion: v1
        kind: Pod
        metadata: {name: a, namespace: shop}
        spec:
          hostNetwork: true
          containers: [{name: a, image: "example.com/a:1"}]
""")
    found = check_plan(preview(Target("dev", None, file)).plan).findings
    assert {each.line for each in found if each.policy == "k8s-no-host-network"} == {14}
