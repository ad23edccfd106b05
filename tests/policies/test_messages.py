"""What a finding says fits what is there: the words of a rule's several faults are not mixed."""

from datetime import date
from typing import Any

import pytest

from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.stack import Resource, Stack
from tests.policies.build import object_, workload

_READS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
_ALL = {"apiGroups": ["metrics.k8s.io"], "resources": ["*"], "verbs": ["*"]}
_RBAC = "rbac.authorization.k8s.io/v1:"


def _exec(timeout: int) -> dict[str, Any]:
    return {"exec": {"command": ["true"]}, "timeoutSeconds": timeout, "periodSeconds": 10}


_RATIO = {"requests": {"memory": "220Mi"}, "limits": {"memory": "450Mi"}}
_INGRESS = object_("networking.k8s.io/v1:Ingress", "a", spec={"rules": [{}]})
_OLD = {"nodeSelector": {"beta.kubernetes.io/os": "linux"}}
_CRITICAL = {"priorityClassName": "system-node-critical"}


@pytest.mark.parametrize(
    ("rule", "resource", "said"),
    [
        ("k8s-probes-not-identical", workload("a", c={"livenessProbe": _exec(10)}), "below periodSeconds, 10"),
        ("k8s-critical-addons-priority", workload("a", p=_CRITICAL), "of your own"),
        ("k8s-rbac-secrets-access", object_(f"{_RBAC}Role", "a", rules=[_READS]), "every secret of its namespace"),
        ("k8s-rbac-secrets-access", object_(f"{_RBAC}ClusterRole", "a", None, rules=[_READS]), "every secret;"),
        ("k8s-rbac-no-wildcards", object_(f"{_RBAC}ClusterRole", "a", None, rules=[_ALL]), "of metrics.k8s.io"),
        ("k8s-ingress-class-and-host", _INGRESS, "every host"),
        ("k8s-limit-to-request-ratio", workload("a", c={"resources": _RATIO}), '2.05 times its memory; got "450Mi"'),
        ("k8s-deprecated-annotations-and-labels", workload("a", p=_OLD), "is deprecated"),
    ],
)
def test_a_finding_says_what_is_there(rule: str, resource: Resource, said: str) -> None:
    report = check_stack(Stack([resource]), profile="production", today=date(2026, 11, 29), only=(rule,))
    assert any(said in f"{each.message};" for each in report.failed(rule)), [each.message for each in report.findings]
