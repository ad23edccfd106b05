"""The whole catalogue as one table: each kind, the same questions."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import BlueprintArgs
from eks_blueprints.addons._chart_addon import ChartAddOn
from eks_blueprints.addons._eks_managed import EksManaged
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.addons._helm_values import CHART_VERSION, chart_repository
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.coredns import Coredns
from eks_blueprints.blueprint.order import in_order
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.stack import Stack
from eks_blueprints.review.preview.system_pods import system_pods
from tests.addons.catalogue import ACCOUNT, FULL, KINDS, LEAST, addon, class_of, full, least, record_it
from tests.builders import recorded

CHARTS = [kind for kind in KINDS if issubclass(class_of(kind), ChartAddOn)]
PINNED = [kind for kind in KINDS if issubclass(class_of(kind), HelmAddOn)]
CATEGORIES = {
    "any",
    "autoscaling",
    "aws controllers",
    "backup",
    "cost",
    "data",
    "gitops",
    "ingress",
    "machine learning",
    "mesh",
    "networking",
    "nodes",
    "observability",
    "platform",
    "policy",
    "scheduling",
    "security",
    "serverless",
    "storage",
}
LOOKS = re.compile(r":(BatchGet|Describe|Get|List|Query|Search|Lookup|Select|View|Read|Scan)")
UNSCOPED = {
    "aws_gateway_api_controller": "deliveries of logs have no ARN",
    "aws_load_balancer_controller": "the policy that its project publishes; see access.load_balancer_permissions",
    "vpc_cni": "addresses are given to interfaces that have no name yet; as the EKS user guide lists it",
}
"""Kinds that may do more than look where AWS's own policies name no resources, and why."""
QUIRKS = {
    # The key of the boundary is compared as AWS's own examples do.
    "ack_iam": {"MISMATCHED_TYPE_BUT_USABLE"},
    "aws_gateway_api_controller": {"RESOURCE_STAR"},  # held to the region by a condition
    "aws_load_balancer_controller": {"RESOURCE_STAR", "UNKNOWN_CONDITION_FOR_ACTION"},  # as its project publishes it
    "cluster_autoscaler": {"RESOURCE_MISMATCH", "RESOURCE_STAR"},  # held to its own groups by conditions
}
"""What the linter finds in documents that are right, and why they are."""


def test_there_are_enough_by_name() -> None:
    assert len(KINDS) >= 75


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_is_for(kind: str) -> None:
    cls = class_of(kind)
    module = importlib.import_module(f"eks_blueprints.addons.{kind}")
    assert cls.__module__ == module.__name__
    for doc in (module.__doc__, vars(cls).get("__doc__")):
        assert doc
        assert doc.strip().endswith("."), doc
    assert cls.category in CATEGORIES
    assert cls.kind() == kind


@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_imported_with_the_rest(kind: str) -> None:
    import eks_blueprints.addons

    assert getattr(eks_blueprints.addons, class_of(kind).__name__) is class_of(kind)


@pytest.mark.parametrize("kind", PINNED)
def test_its_chart_is_pinned_and_comes_from_somewhere(kind: str) -> None:
    cls: Any = class_of(kind)
    for chart in filter(None, (cls.chart, cls.crds)):
        assert CHART_VERSION.fullmatch(chart.version)
        assert chart_repository.fullmatch(chart.repository)
        assert not chart.repository.endswith("/")


@pytest.mark.parametrize("kind", KINDS)
def test_it_installs_with_its_least_arguments_into_its_namespace(kind: str) -> None:
    plan = least(kind)
    for release in plan.all("kubernetes:helm.sh/v3:Release"):
        namespace = addon(kind).home
        release.has(namespace=namespace)
        assert release.get("createNamespace", False) == (namespace != "kube-system")
    assert len(plan.urns) > 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_recording_is_the_same(kind: str) -> None:
    assert record_it(kind).plan.to_json(positions=False) == least(kind).plan.to_json(positions=False)


@pytest.mark.parametrize("kind", KINDS)
def test_it_changes_no_other_resource(kind: str) -> None:
    def both(cluster: ClusterRef) -> None:
        Coredns(name="other").install(cluster)
        addon(kind, name="it").install(cluster)

    before = recorded(lambda cluster: Coredns(name="other").install(cluster))
    recorded(both).adds_only(before, "shop-it")


@pytest.mark.parametrize("kind", KINDS)
def test_it_may_do_nothing_at_large(kind: str) -> None:
    for allow in _allowed(kind):
        for action in allow.actions:
            assert "*" not in action.split(":")[0]
            assert not action.endswith(":*")
            at_large = "*" in allow.on and not allow.when and not LOOKS.search(action)
            # The linter says where ACK's controllers, which make things that have no ARN yet, could name resources.
            excused = kind in UNSCOPED or kind.startswith("ack_")
            assert not at_large or excused, f"{action} on * without a condition or a reason"


def _allowed(kind: str) -> list[Allow]:
    found: list[Allow] = []

    def program(cluster: ClusterRef) -> None:
        spec = addon(kind, **FULL.get(kind, {}))
        if isinstance(spec, ChartAddOn):
            component = spec.component(cluster)
            spec, _ = spec.equipped(component, cluster)
        found.extend(spec.permissions(cluster))

    recorded(program)
    return found


@pytest.mark.parametrize("kind", PINNED)
def test_its_own_values_hold_no_secret(kind: str) -> None:
    for plan in (least(kind), full(kind)):
        found = check_stack(Stack.of_plan(plan.plan), only=["helm-values-no-secrets"]).findings
        assert not [each for each in found if each.verdict == "fail"], found


@pytest.mark.parametrize("kind", KINDS)
def test_its_pods_are_counted(kind: str) -> None:
    for plan in (least(kind), full(kind)):
        pods = system_pods(plan.plan)
        assert pods is None or pods.unknown or pods.fixed.count + pods.node.count + pods.some.count


@pytest.mark.parametrize("kind", KINDS)
def test_iam_would_take_its_documents(kind: str) -> None:
    parliament = pytest.importorskip("parliament")
    for text in _documents(kind):
        policy = parliament.analyze_policy_string(text, include_community_auditors=False)
        known = {"UNKNOWN_ACTION", "UNKNOWN_PREFIX"} | QUIRKS.get(kind, set())  # actions younger than its table
        if kind.startswith("ack_"):
            known.add("RESOURCE_MISMATCH")  # what is named need not be of every type that the controller can make
        wrong = [finding for finding in policy.findings if finding.issue not in known]
        assert not wrong, "\n".join(f"{finding.issue}: {finding.detail}" for finding in wrong)


def _documents(kind: str) -> Iterator[str]:
    for plan in dict.fromkeys((least(kind), full(kind))):
        for policy in plan.all("iam.RolePolicy"):
            document = json.loads(re.sub(r"\$\{[^}]+\}", "x", policy["policy"]))
            for statement in document["Statement"]:
                service = statement["Action"][0].split(":")[0]
                statement["Resource"] = [_sample(text, service) for text in statement["Resource"]]
            yield json.dumps(document)


def _sample(arn: str, service: str) -> str:
    # What is known only later may be text within an ARN, or all of one.
    return f"arn:aws:{service}:{ACCOUNT}:{arn}" if arn.startswith("x") else arn


@pytest.mark.parametrize("kind", CHARTS)
def test_values_of_ones_own_are_merged_over_its(kind: str) -> None:
    ours = least(kind).all("kubernetes:helm.sh/v3:Release")[-1].get("values", {})
    theirs = record_it(kind, values={"ofTheTest": {"a": 1}})
    merged = theirs.all("kubernetes:helm.sh/v3:Release")[-1]["values"]
    assert merged == {**ours, "ofTheTest": {"a": 1}}


@pytest.mark.parametrize("kind", [kind for kind in CHARTS if class_of(kind).images])  # type: ignore[attr-defined]
def test_its_images_come_from_a_mirror(kind: str) -> None:
    cls: Any = class_of(kind)
    registries = {image: f"mirror.example.com/{image.split('/')[0]}" for image in cls.images.values()}
    values = record_it(kind, registry_mirrors=registries).all("kubernetes:helm.sh/v3:Release")[-1]["values"]
    for path, image in cls.images.items():
        assert _at(values, path) == registries[image]


@pytest.mark.parametrize("kind", [k for k in CHARTS if class_of(k).spare or class_of(k).spread])  # type: ignore[attr-defined]
def test_in_production_it_has_spare_pods(kind: str) -> None:
    cls: Any = class_of(kind)
    values = record_it(kind, production=True).all("kubernetes:helm.sh/v3:Release")[-1]["values"]
    for path, value in cls.spare.items():
        assert _at(values, path) == value
    for path in cls.spread:
        assert _at(values, path)[0]["topologyKey"] == "topology.kubernetes.io/zone"


PLACED: dict[str, dict[str, Any]] = {"nvidia_device_plugin": {"gpu_feature_discovery": True}}
"""Fields without which a chart has no pods to place."""


@pytest.mark.parametrize("kind", CHARTS)
def test_it_goes_where_it_is_told(kind: str) -> None:
    cls: Any = class_of(kind)
    place = {"node_selector": {"role": "system"}, "tolerations": [{"key": "system", "operator": "Exists"}]}
    if not cls.pods:
        with pytest.raises(
            ValidationError, match="is not supported by this chart; got a value; check the chart's values"
        ):
            addon(kind, **place)
        return
    values = record_it(kind, **PLACED.get(kind, {}), **place).all("kubernetes:helm.sh/v3:Release")[-1]["values"]
    for path in cls.pods:
        found = _at(values, path) if path else values
        assert found["nodeSelector"].items() >= {"role": "system"}.items()
        assert found["tolerations"] == [{"key": "system", "operator": "Exists"}]


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for key in re.split(r"(?<!\\)\.", path):
        found = found[key.replace("\\.", ".")]
    return found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if addon(kind, **FULL.get(kind, {})).service_accounts])
def test_its_pods_get_their_role_either_way(kind: str) -> None:
    fields = FULL.get(kind, {})
    record_it(kind, **fields, identity="node_role").none("PodIdentityAssociation")
    plan = record_it(kind, **fields, identity="irsa")
    role = f"${{shop-{kind.replace('_', '-')}-role.arn}}"
    told = [r for r in plan.all() if r.planned.type in ("kubernetes:helm.sh/v3:Release", "aws:eks/addon:Addon")]
    assert role in json.dumps(dict(told[-1].inputs))
    assert "AssumeRoleWithWebIdentity" in plan.one("iam.Role")["assumeRolePolicy"]


def test_all_of_them_have_an_order() -> None:
    everything = in_order([addon(kind) for kind in KINDS])
    seen: list[AddOn] = []
    for spec in everything:
        for needed in spec.requires:
            assert any(isinstance(other, needed) for other in seen), f"{spec.name} before {needed.kind()}"
        seen.append(spec)


PLATFORM: dict[str, Any] = {"region": "eu-west-1", "cluster": {"version": "1.34"}}
COMPUTE: dict[str, dict[str, Any]] = {
    "nodes": {"kind": "managed_nodes"},
    "arm": {"kind": "managed_nodes", "instance_types": ["m7g.large"]},
    "fargate": {"selectors": [{"namespace": "*"}]},
}


@pytest.mark.parametrize("compute", COMPUTE)
def test_it_runs_on_every_compute_or_says_why_not(compute: str) -> None:
    for kind in KINDS:
        wanted = {each: LEAST.get(each, {}) for each in _with_requirements(kind)}
        core = {name: {} for name in ("vpc_cni", "kube_proxy", "eks_pod_identity_agent", "coredns")}
        fields = {"compute": {compute: COMPUTE[compute]}, "addons": core | wanted}
        try:
            BlueprintArgs.model_validate(PLATFORM | fields)
        except ValidationError as error:
            for problem in problems_of(error):
                assert re.search(
                    r"cannot run on Fargate: \w|has images for .* only|gets? no permissions", problem.message
                )


def _with_requirements(kind: str) -> set[str]:
    found = {kind}
    for needed in class_of(kind).requires:
        found |= _with_requirements(needed.kind())
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_on_auto_mode_alone_what_it_brings_is_left_out(kind: str) -> None:
    cls = class_of(kind)
    fields = {"cluster": {"version": "1.34", "auto_mode": {}}}
    fields["addons"] = {each: LEAST.get(each, {}) for each in _with_requirements(kind)}
    if cls.fits.not_in_auto_mode:
        with pytest.raises(ValidationError, match="cannot run on EKS Auto Mode"):
            BlueprintArgs.model_validate(PLATFORM | fields)
        return
    warnings = BlueprintArgs.model_validate(PLATFORM | fields).warnings
    told = [problem.message for problem in warnings if problem.path == ("addons", kind)]
    left_out = [f"is not installed: EKS Auto Mode includes {cls.fits.in_auto_mode}"]
    found = [message for message in told if "Auto Mode includes" in message]
    assert found == (left_out if cls.fits.in_auto_mode else [])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(class_of(kind), EksManaged)])
def test_eks_is_asked_by_its_own_name(kind: str) -> None:
    spec: Any = addon(kind)
    least(kind).one("eks.Addon").has(addonName=spec.name_in_eks).has_option(delete_before_replace=True)
