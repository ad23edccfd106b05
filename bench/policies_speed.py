"""How long judging 1,000 resources takes: python bench/policies_speed.py [RESOURCES]."""

import sys
import time
from datetime import date

from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.stack import Resource, Stack

GOOD = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def kubernetes(number: int) -> list[Resource]:
    """An application: a workload of two containers, its service, budget, account, autoscaler and policy."""
    name, namespace = f"app-{number}", f"team-{number % 20}"
    metadata = {"name": name, "namespace": namespace, "labels": {"app": name}}
    container = {
        "name": "app",
        "image": "public.ecr.aws/shop/app:1.2.3",
        "securityContext": GOOD,
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
        "ports": [{"containerPort": 80, "name": "http"}],
        "env": [{"name": "LEVEL", "value": "debug"}, {"name": "URL", "value": "${shop.endpoint}"}],
        "readinessProbe": {"httpGet": {"path": "/"}},
    }
    pod = {"containers": [container, {**container, "name": "sidecar"}], "serviceAccountName": name}
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    selector = {"matchLabels": {"app": name}}
    kinds = {
        "apps/v1:Deployment": {"replicas": 3, "selector": selector, "template": template},
        "core/v1:Service": {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": "http"}]},
        "policy/v1:PodDisruptionBudget": {"selector": selector, "maxUnavailable": 1},
        "core/v1:ServiceAccount": {},
        "networking.k8s.io/v1:NetworkPolicy": {"podSelector": selector, "policyTypes": ["Ingress"]},
    }
    return [
        Resource(f"urn:{kind}::{name}", f"kubernetes:{kind}", name, {"metadata": metadata, "spec": spec})
        for kind, spec in kinds.items()
    ]


def platform(total: int) -> Stack:
    """A cluster with node groups, add-ons and roles, and applications up to so many resources."""
    found = [
        Resource(
            "urn:c", "aws:eks/cluster:Cluster", "shop", {"version": "1.35", "vpcConfig": {"subnetIds": ["${a.id}"]}}
        )
    ]
    for number in range(total // 20):
        found.append(Resource(f"urn:r{number}", "aws:iam/role:Role", f"role-{number}", {"assumeRolePolicy": "{}"}))
        group = {
            "clusterName": "${shop.name}",
            "scalingConfig": {"minSize": 1, "maxSize": 3},
            "nodeRoleArn": "${role-1.arn}",
        }
        found.append(Resource(f"urn:g{number}", "aws:eks/nodeGroup:NodeGroup", f"group-{number}", group))
    number = 0
    while len(found) < total:
        found += kubernetes(number)
        number += 1
    return Stack(found[:total], "bench", "bench")


def main() -> None:
    """Measure, best of five; the first run also imports the rules."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    began = time.perf_counter()
    count = len(rules())
    print(f"{count} rules imported in {time.perf_counter() - began:.3f} s")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        report = check_stack(platform(total), profile="production", today=date(2026, 11, 21))
        times.append(time.perf_counter() - began)
    asked = sum(report.verdicts.values())
    print(f"{count} rules on {total} resources: {asked} verdicts, {len(report.findings)} findings, {min(times):.3f} s")


if __name__ == "__main__":
    main()
