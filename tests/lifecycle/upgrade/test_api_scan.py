"""The scan of API versions: it finds every row of the table wherever it stands, and nothing in current charts."""

from __future__ import annotations

import pulumi_kubernetes as kubernetes
import pytest

from eks_blueprints.core.charts import table as charts
from eks_blueprints.kubernetes.removed import Removed, table
from eks_blueprints.lifecycle.upgrade.checks.apis import scan
from eks_blueprints.lifecycle.upgrade.model import Api
from eks_blueprints.policies.stack import Stack
from eks_blueprints.recording import record

ROWS = sorted(table().items())


GUIDE = {
    16: """extensions/v1beta1 Deployment DaemonSet ReplicaSet NetworkPolicy PodSecurityPolicy
        apps/v1beta1 Deployment StatefulSet
        apps/v1beta2 Deployment StatefulSet DaemonSet ReplicaSet""",
    22: """admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration ValidatingWebhookConfiguration
        apiextensions.k8s.io/v1beta1 CustomResourceDefinition
        apiregistration.k8s.io/v1beta1 APIService
        authentication.k8s.io/v1beta1 TokenReview
        authorization.k8s.io/v1beta1 LocalSubjectAccessReview SelfSubjectAccessReview SubjectAccessReview
        certificates.k8s.io/v1beta1 CertificateSigningRequest
        coordination.k8s.io/v1beta1 Lease
        extensions/v1beta1 Ingress
        networking.k8s.io/v1beta1 Ingress IngressClass
        rbac.authorization.k8s.io/v1beta1 ClusterRole ClusterRoleBinding Role RoleBinding
        scheduling.k8s.io/v1beta1 PriorityClass
        storage.k8s.io/v1beta1 CSIDriver CSINode StorageClass VolumeAttachment""",
    25: """batch/v1beta1 CronJob
        discovery.k8s.io/v1beta1 EndpointSlice
        events.k8s.io/v1beta1 Event
        autoscaling/v2beta1 HorizontalPodAutoscaler
        policy/v1beta1 PodDisruptionBudget PodSecurityPolicy
        node.k8s.io/v1beta1 RuntimeClass""",
    26: """flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema PriorityLevelConfiguration
        autoscaling/v2beta2 HorizontalPodAutoscaler""",
    27: "storage.k8s.io/v1beta1 CSIStorageCapacity",
    29: "flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema PriorityLevelConfiguration",
    32: "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema PriorityLevelConfiguration",
}
"""What Kubernetes' Deprecated API Migration Guide says that each minor serves no longer, written down from it."""
SERVED = """v1 Pod Service Endpoints ConfigMap Secret
    apps/v1 Deployment StatefulSet DaemonSet ReplicaSet
    batch/v1 CronJob Job
    policy/v1 PodDisruptionBudget
    autoscaling/v2 HorizontalPodAutoscaler
    networking.k8s.io/v1 Ingress NetworkPolicy
    storage.k8s.io/v1 StorageClass CSIDriver
    rbac.authorization.k8s.io/v1 Role ClusterRole
    flowcontrol.apiserver.k8s.io/v1 FlowSchema
    admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration ValidatingAdmissionPolicy
    gateway.networking.k8s.io/v1 Gateway HTTPRoute
    karpenter.sh/v1 NodePool"""


def _rows(text: str) -> list[tuple[str, str]]:
    return [(words[0], kind) for words in map(str.split, text.splitlines()) for kind in words[1:]]


def test_what_the_migration_guide_says_is_found_in_the_minor_that_it_says() -> None:
    for minor, text in GUIDE.items():
        for version, kind in _rows(text):
            use = [Api(version, kind, "thing", "declared")]
            found = [[each.level for each in scan(use, target)] for target in (minor - 1, minor, minor + 4)]
            assert found == [["warning"], ["blocker"], ["blocker"]], (version, kind)


def test_what_kubernetes_serves_is_not_found() -> None:
    found = scan([Api(version, kind, "thing", "declared") for version, kind in _rows(SERVED)], 36)
    # Endpoints are deprecated since 1.33, and stay.
    assert [(each.level, each.what.split(" of")[0]) for each in found] == [("warning", "v1 Endpoints")]


@pytest.mark.parametrize(("api", "removed"), ROWS, ids=[f"{version} {kind}" for (version, kind), _ in ROWS])
def test_every_row_is_found_on_the_day_it_goes_and_one_minor_before(api: tuple[str, str], removed: Removed) -> None:
    use = Api(*api, "thing", "declared", "stacks/prod.yaml:3")
    gone = removed.removed_in
    if gone is None:
        assert removed.deprecated_in is not None
        assert [each.level for each in scan([use], removed.deprecated_in)] == ["warning"]
        return
    (found,) = scan([use], gone)
    assert (found.level, found.code, found.place) == ("blocker", "api-removed", "stacks/prod.yaml:3")
    assert f"no longer served from 1.{gone}" in found.what
    assert removed.replacement in found.do
    assert [each.level for each in scan([use], gone - 1)] == ["warning"]


def test_a_corpus_of_objects_in_a_program_is_found_as_a_whole() -> None:
    corpus = [
        {"apiVersion": version, "kind": kind, "metadata": {"name": f"thing-{index}"}}
        for index, ((version, kind), _) in enumerate(ROWS)
    ]

    def program() -> None:
        kubernetes.yaml.v2.ConfigGroup("corpus", objs=corpus)

    stack = Stack.of_plan(record(program, stack="prod").plan())
    uses = [Api(each.api_version, each.kind, each.name, "declared") for each in stack.objects]
    newest = max(removed.removed_in or removed.deprecated_in or 0 for _, removed in ROWS)
    found = [each.what for each in scan(uses, newest)]
    missed = [
        (version, kind)
        for (version, kind), _ in ROWS
        if not any(what.startswith(f"{version} {kind} of") for what in found)
    ]
    assert missed == []
    assert len(found) == len(ROWS)


@pytest.mark.parametrize("kind", charts.kinds())
def test_nothing_is_found_in_what_pinned_charts_render(kind: str) -> None:
    row = charts.row(kind)
    assert row is not None
    if not row.known:
        return
    uses = []
    for form in ((), *((each,) for each in row.forms)):
        for named in row.form(form).objects:
            version, _, of_kind = named.partition(" ")
            uses.append(Api(version, of_kind, "", f"chart {row.chart}"))
    assert [each.what for each in scan(dict.fromkeys(uses), 36)] == []


def test_custom_resources_that_controllers_dropped_are_found() -> None:
    (found,) = scan([Api("karpenter.sh/v1beta1", "NodePool", "general", "declared")], 35)
    assert found.level == "blocker"
    assert "karpenter v1.1" in found.what
    assert "nodeClassRef" in found.do
    assert list(scan([Api("karpenter.sh/v1", "NodePool", "general", "declared")], 35)) == []


def test_what_clients_asked_for_is_held_against_each_minor() -> None:
    asked = [Api("flowcontrol.apiserver.k8s.io/v1beta3", "flowschemas", "", "requests", removed_in=32)]
    assert [each.level for each in scan(asked, 31)] == ["warning"]
    assert [each.level for each in scan(asked, 32)] == ["blocker"]
