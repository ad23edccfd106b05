# ruff: noqa: E501 - a line for each value and schema
"""Custom resources by the CRDs of what brings their kinds: the table, and the check of one object by its schema."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.errors import Problem
from eks_blueprints.core.spec import Reference
from eks_blueprints.kubernetes import check, crds
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import of
from eks_blueprints.kubernetes.structural import Structural

PINNED = dict(crds.sources())
POOL = {
    "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
    "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}],
}


def thing(version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "shop"}, **fields}


def node_pool(spec: dict[str, Any] | None = None, version: str = "karpenter.sh/v1", **pool: Any) -> dict[str, Any]:
    template = {"spec": {**POOL, **(spec or {})}}
    return thing(version, "NodePool", spec={"template": template, **pool})


def told(manifest: dict[str, Any], brought: dict[str, str] | None = PINNED) -> list[Problem]:
    found = check.Checked()
    check.check(manifest, of(35), Definitions((), brought), found)
    assert not found.unknown
    return found.problems


def errors(manifest: dict[str, Any], brought: dict[str, str] | None = PINNED) -> list[str]:
    return [str(each) for each in told(manifest, brought) if each.severity == "error"]


def warnings(manifest: dict[str, Any], brought: dict[str, str] | None = PINNED) -> list[str]:
    return [str(each) for each in told(manifest, brought) if each.severity == "warning"]


@pytest.mark.parametrize(
    ("manifest", "finding"),
    [
        (node_pool(disrupton={}), 'spec.disrupton: no such field; got "disrupton"; did you mean disruption?'),
        (node_pool({"expireAfter": "30d"}), 'spec.template.spec.expireAfter: does not match its pattern; got "30d"'),
        (node_pool(weight="10"), 'spec.weight: needs a whole number; got "10"; write it without quotes'),
        (node_pool(weight=101), "spec.weight: is too large; got 101; use at most 100"),
        (node_pool({"nodeClassRef": None}), "spec.template.spec.nodeClassRef: is required; got nothing"),
        (node_pool({"requirements": [{"key": "a", "operator": "Inn"}]}), "requirements[0].operator: is not one of the al"),
        (node_pool({"taints": [{"key": "a", "effect": "Noschedule"}]}), "did you mean NoSchedule?"),
        (thing("karpenter.sh/v1", "NodePol"), 'kind: no such kind; got "NodePol"; did you mean NodePool?'),
        (thing("karpenter.sh/v1", "EC2NodeClass"), "apiVersion: has no kind EC2NodeClass; got \"karpenter.sh/v1\"; did you mean karpenter.k8s.aws/v1?"),
        (node_pool(version="karpenter.sh/v1beta1"), 'got "karpenter.sh/v1beta1"; write karpenter.sh/v1'),
        (thing("cert-manager.io/v1", "Certificate", spec={"secretName": 1}), 'spec.secretName: needs text; got 1; quote it: "1"'),
        (thing("cert-manager.io/v1", "Certificate", spec={"secretName": "a"}), "spec.issuerRef: is required; got nothing"),
        (thing("keda.sh/v1alpha1", "ScaledObject", spec={"scaleTargetRef": {"name": "a"}, "triggers": {}}), "spec.triggers: needs a list"),
        (thing("monitoring.coreos.com/v1", "ServiceMonitor", spec={"endpoint": [], "selector": {}}), "did you mean endpoints?"),
        (thing("gateway.networking.k8s.io/v1", "HTTPRoute", spec={"hostnames": ["Shop_A"]}), "hostnames[0]: does not match"),
        (thing("vpcresources.k8s.aws/v1beta1", "SecurityGroupPolicy", spec={"securityGroups": {"groupIds": []}}), "groupIds: is too small; got 0 entries"),
    ],
)  # fmt: skip
def test_a_slip_is_told(manifest: dict[str, Any], finding: str) -> None:
    # The network plugin's version is the one of the table here.
    assert any(finding in each for each in errors(manifest)), told(manifest)


@pytest.mark.parametrize(
    "manifest",
    [
        node_pool(),
        node_pool({"expireAfter": "Never", "taints": [{"key": "a", "effect": "NoSchedule"}]}, weight=100, limits={"cpu": 8}),
        node_pool({"expireAfter": Reference(config="expiry")}, weight=Reference(config="weight")),
        {**node_pool(), "status": {"resources": {"cpu": "1"}}},
        thing("argoproj.io/v1alpha1", "Workflow", spec={"entrypoint": "a", "templates": [{"name": "a", "container": {"image": "b"}}]}),
        thing("external-secrets.io/v1", "ExternalSecret", spec={"refreshInterval": "1h"}),
        thing("kyverno.io/v1", "ClusterPolicy", spec={"rules": [{"name": "a", "match": {"any": [{"resources": {"kinds": ["Pod"]}}]}, "validate": {"pattern": {"spec": {"anything": [1]}}}}]}),
    ],
    ids=str,
)  # fmt: skip
def test_what_an_api_server_takes_is_taken(manifest: dict[str, Any]) -> None:
    assert told(manifest) == []


def test_a_kind_that_nothing_brings_names_what_would() -> None:
    spec = {"scaleTargetRef": {"name": "a"}, "triggers": [{"type": "cpu", "metadata": {"value": "50"}}]}
    (found,) = told(thing("keda.sh/v1alpha1", "ScaledObject", spec=spec), {})
    assert found.severity == "warning"
    assert "kind: is a kind that keda installs; got a platform without; add it, unless" in str(found)


def test_another_version_may_allow_more() -> None:
    """A field that nothing resembles is doubtful; a type and a slip are wrong in any version."""
    newer = {"karpenter": "1.99.0"}
    assert errors(node_pool(brandNewThing={}, weight=101), newer) == []
    assert len(warnings(node_pool(brandNewThing={}, weight=101), newer)) == 2
    assert len(errors(node_pool(wieght=1, limits=[]), newer)) == 2


def test_each_minor_of_karpenter_has_its_own_fields() -> None:
    overlay = thing("karpenter.sh/v1alpha1", "NodeOverlay", spec={"requirements": [], "price": "1"})
    assert errors(overlay, {"karpenter": PINNED["karpenter"]}) == []
    (found,) = warnings(overlay, {"karpenter": "1.0.2"})
    assert f"is a kind of karpenter {PINNED['karpenter']}; got NodeOverlay with 1.0.2; upgrade karpenter" in found
    balanced = node_pool(disruption={"consolidateAfter": "1m", "consolidationPolicy": "Balanced"})
    assert errors(balanced, {"karpenter": PINNED["karpenter"]}) == []
    assert "is not one of the allowed values" in errors(balanced, {"karpenter": "1.8.1"})[0]


@pytest.mark.parametrize(
    ("version", "kind", "successor"),
    [
        ("karpenter.sh/v1alpha5", "Provisioner", "karpenter.sh/v1 NodePool"),
        ("karpenter.k8s.aws/v1alpha1", "AWSNodeTemplate", "karpenter.k8s.aws/v1 EC2NodeClass"),
        ("certmanager.k8s.io/v1alpha1", "Issuer", "cert-manager.io/v1"),
    ],
)
def test_what_has_been_replaced_says_by_what(version: str, kind: str, successor: str) -> None:
    (found,) = warnings(thing(version, kind))
    assert f"has been replaced by its project; got {version} {kind}; write {successor}" in found


def test_programs_are_judged_by_any_version() -> None:
    """Nothing is known of the platform that they are for, nor of the versions on it."""
    assert told(node_pool(), None) == []
    assert errors(node_pool(brandNewThing={}), None) == []
    assert 'got "disrupton"; did you mean disruption?' in errors(node_pool(disrupton={}), None)[0]


def test_the_table_is_whole() -> None:
    """Every schema that it names can be had, and none is empty."""
    for kind in crds.kinds():
        assert kind.served
        for source, versions in kind.served.items():
            assert source in crds.sources()
            for version in versions:
                assert crds.schema(kind, source, version).get("type", "object") == "object"


def checked(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {"type": "object", "properties": {"spec": schema}}
    return [str(each) for each in Structural().object(whole, {**thing("a.b/v1", "A"), "spec": value})]


NESTED = {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"spec": {"type": "object"}}}


@pytest.mark.parametrize(
    ("schema", "taken", "refused", "message"),
    [
        ({"type": "string", "pattern": "^[a-z]+$"}, "abc", "abc\n", "does not match its pattern"),
        ({"type": "string", "pattern": r"^\p{L}+$"}, "1", None, ""),
        ({"type": "string", "pattern": "^([a-z]+)*$"}, "a" * 60 + "!", None, ""),
        ({"type": "string", "format": "date-time"}, "2026-01-31t12:00:00Z", "2026-02-30T12:00:00Z", "is not a valid time"),
        ({"type": "string", "format": "duration"}, "1 day", "soon", "is not a valid duration"),
        ({"type": "string", "format": "ipv4"}, "10.0.0.1", "10.0.0.256", "is not a valid IPv4 address"),
        ({"type": "string", "format": "cidr"}, "10.0.0.1/8", "10.0.0.0/33", "is not a valid range of addresses"),
        ({"type": "string", "format": "of-no-kind"}, "anything", None, ""),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 2, 1, "use more than 1"),
        ({"type": "integer"}, 2.0, 2.5, "needs a whole number"),
        ({"type": "number", "multipleOf": 5}, 10, 7, "is not a multiple of 5"),
        ({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}, "http", 1.5, "or text"),
        ({"x-kubernetes-int-or-string": True, "pattern": "^[0-9]+%$"}, 7, "7", "does not match its pattern"),
        ({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}, ["a", "b"], ["a", "a"], "is listed twice"),
        (
            {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
             "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
            [{"name": "a"}, {"name": "b"}],
            [{"name": "a"}, {"name": "a"}],
            'is listed twice; got name "a" at [0] too',
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
             "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"a": "x"},
            {"a": "x", "b": "y"},
            "mixes several forms, of which one is allowed; got a, b; keep one of a, b",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
             "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"a": "x", "b": "y"},
            {},
            "has none of the accepted forms; got nothing; write one of a, b",
        ),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "not": {"required": ["a"]}}, {}, {"a": "x"}, "leave out a"),
        ({"type": "object", "properties": {"a": {"type": "string", "default": "x"}}, "required": ["a"]}, {}, {"a": 1}, "needs text"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"any": 1}, {"any": "x"}, "needs a whole number"),
        ({"type": "object", "minProperties": 1, "x-kubernetes-preserve-unknown-fields": True}, {"a": [1]}, {}, "is too small"),
        ({"type": "string", "enum": ["", "on"]}, "", "of", "is not one of the allowed values"),
        (NESTED, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {}}, {"spec": 1}, "needs a mapping"),
        ({"type": "boolean", "nullable": True}, None, "yes", "needs true or false"),
    ],
)  # fmt: skip
def test_a_value_by_its_schema(schema: dict[str, Any], taken: Any, refused: Any, message: str) -> None:
    assert checked(schema, taken) == []
    if refused is not None:
        assert any(message in each for each in checked(schema, refused)), checked(schema, refused)


GOOD: dict[str, dict[str, Any]] = {
    "calico": thing(
        "projectcalico.org/v3",
        "GlobalNetworkPolicy",
        spec={
            "order": 10,
            "selector": "all()",
            "types": ["Egress"],
            "egress": [{"action": "Deny", "protocol": "TCP", "destination": {"ports": [25, "1000:2000"]}}],
        },
    ),
    "datadog": thing("datadoghq.com/v2alpha1", "DatadogAgent", spec={"global": {"site": "datadoghq.eu"}}),
    "linkerd": thing("policy.linkerd.io/v1beta3", "Server", spec={"podSelector": {}, "port": "http"}),
    "knative_operator": thing("operator.knative.dev/v1beta1", "KnativeServing", spec={"version": "1.19"}),
    "kyverno": thing(
        "policies.kyverno.io/v1",
        "ValidatingPolicy",
        spec={
            "matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]},
            "validations": [{"expression": "true"}],
        },
    ),
    "auto_mode": thing(
        "eks.amazonaws.com/v1",
        "NodeClass",
        spec={
            "role": "nodes",
            "subnetSelectorTerms": [{"tags": {"a": "b"}}],
            "securityGroupSelectorTerms": [{"name": "own"}],
            "ephemeralStorage": {"size": "120Gi", "iops": 3000},
            "advancedNetworking": {"ipv4PrefixSize": "32"},
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", GOOD)
def test_kinds_of_charts_and_of_auto_mode_are_known(source: str) -> None:
    brought = {source: "" if source == "auto_mode" else crds.sources()[source]}
    manifest = GOOD[source]
    assert [str(problem) for problem in told(manifest, brought)] == []
    field = next(iter(manifest["spec"]))
    slip = {
        **manifest,
        "spec": {(field if key != field else f"{field}x"): value for key, value in manifest["spec"].items()},
    }
    assert any(f"spec.{field}x: no such field" in each for each in errors(slip, brought))
    assert any(f"{source} installs" in str(problem) for problem in told(manifest, {}))


def test_what_only_documentation_says_of_a_kind_is_a_warning() -> None:
    manifest = thing("eks.amazonaws.com/v1", "NodeClass", spec={"role": "nodes", "ephemeralStorage": {"iops": 90000}})
    found = told(manifest, {"auto_mode": ""})
    assert [(problem.severity, "spec.ephemeralStorage.iops: is too large" in str(problem)) for problem in found] == [
        ("warning", True)
    ]


def test_a_route_names_what_may_bring_its_kind() -> None:
    route = thing("gateway.networking.k8s.io/v1", "HTTPRoute", spec={})
    assert "gateway_api or linkerd installs" in str(told(route, {})[0])
