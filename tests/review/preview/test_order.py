"""In which order the elements of a plan are made."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from eks_blueprints.cli.explain import command
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.preview.order import steps
from tests import ROOT


def component(name: str, parent: str | None = None) -> PlannedResource:
    return PlannedResource(f"u:{name}", f"acme:index:{name.title()}", name, parent and f"u:{parent}", False, {})


def resource(
    name: str, parent: str | None = None, *needs: str, provider: str | None = None, kind: str = "aws:ec2/vpc:Vpc"
) -> PlannedResource:
    above = parent and f"u:{parent}"
    given = provider and f"u:{provider}"
    return PlannedResource(
        f"u:{name}", kind, name, above, True, {}, tuple(f"u:{each}" for each in needs), provider=given
    )


def told(*resources: PlannedResource) -> list[list[tuple[str, str, int, tuple[str, ...]]]]:
    found = steps(Plan("shop", "dev", resources))
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    return [[(p.kind, p.name, p.resources, p.waits_for) for p in each.parts] for each in found]


def test_a_resource_without_a_component_is_a_part_of_its_own() -> None:
    assert told(resource("a"), resource("b", None, "a"), resource("c")) == [
        [("Vpc", "a", 1, ()), ("Vpc", "c", 1, ())],
        [("Vpc", "b", 1, ("a",))],
    ]


def test_components_wait_as_a_whole_and_also_for_what_their_provider_needs() -> None:
    provider = resource("k8s", "one", "a", kind="pulumi:providers:kubernetes")
    found = told(
        *(component("one"), resource("a", "one"), provider),
        *(component("two"), component("inner", "two"), resource("b", "inner", provider="k8s")),
        *(component("three"), resource("c", "three", "two")),
    )
    assert found == [
        [("One", "one", 1, ())],
        [("Two", "two", 1, ("one",))],
        [("Three", "three", 1, ("two",))],
    ]


def test_those_that_wait_for_one_another_are_one_part() -> None:
    found = told(
        *(component("one"), resource("a", "one"), resource("d", "one", "b")),
        *(component("two"), resource("b", "two", "a")),
        *(component("three"), resource("c", "three", "d")),
    )
    assert found == [[("One, Two", "one, two", 3, ())], [("Three", "three", 1, ("one", "two"))]]


def test_nothing_is_made_of_nothing() -> None:
    assert told() == []


STACK = """\
region: eu-west-1
cluster: {version: "1.35", endpoint_access: {office: {cidr: 10.0.0.0/8}}}
compute: {nodes: {kind: managed_nodes}}
addons: {metrics_server: {}}
namespaces: {shop: {}}
workloads: {web: {kind: deployment, namespace: shop, image: "example.com/web:1.0"}}
"""


def test_the_command_lists_the_steps_and_what_comes_then(tmp_path: Path) -> None:
    file = tmp_path / "dev.yaml"
    file.write_text(STACK)
    done = CliRunner().invoke(command, ["order", str(file)])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    at = {
        word: next(n for n, line in enumerate(lines) if f" {word} " in line)
        for word in ("Network", "Cluster", "VpcCni")
    }
    at |= {
        word: next(n for n, line in enumerate(lines) if f" {word} " in line) for word in ("ManagedNodes", "Deployment")
    }
    assert sorted(at, key=lambda word: at[word]) == ["Network", "Cluster", "VpcCni", "ManagedNodes", "Deployment"]
    assert lines[-2].startswith("  then aws eks update-kubeconfig --region eu-west-1 --name ")
    data = json.loads(CliRunner().invoke(command, ["order", str(file), "--format", "json"]).output)
    assert data["steps"][0]["parts"][0] == {
        "kind": "Network",
        "name": "dev-network",
        "resources": data["steps"][0]["parts"][0]["resources"],
        "waits_for": [],
    }


def test_every_resource_of_an_example_is_in_one_step() -> None:
    from eks_blueprints.review.preview.run import preview
    from eks_blueprints.review.preview.targets import stack_target

    plan = preview(stack_target(str(ROOT / "examples/workloads/prod.yaml"))).plan
    made = [each for each in plan.resources if each.custom and not each.type.startswith("pulumi:")]
    assert sum(part.resources for step in steps(plan) for part in step.parts) == len(made)
