"""Judging a plan: what the report holds, and that nothing stops it."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eks_blueprints.policies import check_plan
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.recording import Plan, record
from tests.policies.build import UNKNOWN, cluster, object_, res, workload


def _program() -> None:
    role = aws.iam.Role("control", assume_role_policy="{}")
    shop = aws.eks.Cluster(
        "shop", role_arn=role.arn, version="1.35", vpc_config={"subnet_ids": ["subnet-1", "subnet-2"]}
    )
    provider = k8s.Provider("k8s", kubeconfig=shop.endpoint)
    opts = pulumi.ResourceOptions(provider=provider)
    namespace = k8s.core.v1.Namespace("team", opts=opts)
    labels = {"app": "web"}
    k8s.apps.v1.Deployment(
        "web",
        metadata={"namespace": namespace.metadata.name},
        spec={
            "replicas": 2,
            "selector": {"match_labels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}},
        },
        opts=opts,
    )
    k8s.policy.v1.PodDisruptionBudget(
        "web",
        metadata={"namespace": namespace.metadata.name},
        spec={"selector": {"match_labels": labels}, "max_unavailable": 1},
        opts=opts,
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    return record(_program).plan()


def test_a_plain_program_is_judged(plan: Plan) -> None:
    """Neither the library nor its components are needed."""
    report = check_plan(plan, profile="production")
    failed = {(f.policy, f.resource) for f in report.failed()}
    assert ("eks-endpoint-not-open-to-internet", "shop") in failed
    assert ("k8s-image-tag-fixed", "web") in failed
    assert ("k8s-namespace-pod-security-labels", "team") in failed
    assert not {policy for policy, _ in failed} & {
        "k8s-pdb-required",
        "kubernetes-provider-explicit",
        "k8s-no-default-namespace",
    }


def test_findings_have_the_line_of_the_program(plan: Plan) -> None:
    (finding,) = check_plan(plan).failed("k8s-image-tag-fixed")
    assert finding.file is not None
    assert finding.file.endswith("test_check.py")
    assert finding.field == "spec.template.spec.containers[0].image"
    assert finding.message == 'runs whatever image the tag points to today; got "nginx"; pin the tag or digest'


def test_a_saved_plan_is_judged_alike(plan: Plan) -> None:
    first, second = check_plan(plan), check_plan(Plan.from_json(plan.to_json()))
    assert first.findings == second.findings


def test_a_plan_of_a_component_is_judged_by_its_inputs() -> None:
    component = res("eks:index:Cluster", "shop", {"version": "1.35"})
    report = check_stack(Stack([component]))
    assert {f.type for f in report.failed("eks-control-plane-audit-logging")} == {"aws:eks/cluster:Cluster"}
    assert not report.failed("addon-core-managed")


def test_objects_in_a_group_are_judged() -> None:
    objects = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"hostPID": True}}]
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {hostPID: true}}"
    text = f"apiVersion: v1\nkind: List\nitems:\n- {pod}\n"
    group = res("kubernetes:yaml/v2:ConfigGroup", "group", {"objs": objects, "yaml": text})
    found = check_stack(Stack([group])).failed("k8s-no-host-pid")
    assert {(f.resource, f.field) for f in found} == {
        ("a", "objs[0].spec.hostPID"),
        ("b", "yaml[0].items[0].spec.hostPID"),
    }


def test_unknown_values_end_no_run() -> None:
    report = check_stack(Stack([cluster(vpcConfig=UNKNOWN), workload("app", p=UNKNOWN)]))
    assert report.verdicts["undetermined"] > 5
    assert report.failed("eks-control-plane-audit-logging")


def test_the_verdict_does_not_hang_on_the_order() -> None:
    resources = [cluster(), workload("app"), object_("v1:Namespace", "shop", None)]
    one = check_stack(Stack(resources)).findings
    two = check_stack(Stack([workload("app"), object_("v1:Namespace", "shop", None), cluster()])).findings
    assert one == two


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 70000),
    st.text(max_size=8),
    st.just("${shop.x}"),
    st.just(dict(UNKNOWN)),
    st.just({"$secret": True}),
    st.just("0.0.0.0/0"),
    st.just("spot"),
    st.just("100%"),
    st.floats(0, 9),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


def _mutations(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        found += _mutations(each, (*path, key))
    return found


def _changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _changed(copy[path[0]], path[1:], new)
    return copy


def _every_case() -> list[Resource]:
    from tests.policies.test_cases import CASES

    found = [each for scenes in CASES.values() for scene in scenes for each in scene if isinstance(each, Resource)]
    return [each for each in found if each.inputs]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_input_makes_a_rule_raise(data: st.DataObject) -> None:
    """One place of a resource of some case holds anything at all; every rule still gives a verdict."""
    rules()
    resource = data.draw(st.sampled_from(_every_case()))
    path = data.draw(st.sampled_from(_mutations(dict(resource.inputs))))
    inputs = _changed(dict(resource.inputs), path, data.draw(_VALUES))
    mutant = Resource("urn:mutant", resource.type, resource.name, inputs, provider=resource.provider)
    check_stack(Stack([cluster(), workload("app"), mutant]), profile="production")
