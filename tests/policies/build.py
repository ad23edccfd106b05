"""Short forms of resources for cases. The start of a name says what a rule must say about the resource:
`fail-`, `pass-`, `unknown-` or `na-`; a resource with any other name is only there to be looked at."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.policies.stack import Resource

UNKNOWN = {"$unknown": True}

VERDICTS = {"fail": "fail", "pass": "pass", "unknown": "undetermined", "na": "not_applicable"}

PULUMI_NAMES = {"v1": "core/v1"}


def res(type_: str, name: str, inputs: dict[str, Any] | None = None, **options: Any) -> Resource:
    """Any resource; options are those of Pulumi, and `parent`, `provider`, `dependencies`."""
    known = {key: options.pop(key) for key in ("parent", "provider", "dependencies") if key in options}
    return Resource(urn=f"urn:{type_}::{name}", type=type_, name=name, inputs=inputs or {}, options=options, **known)


def aws(token: str, logical: str, /, **inputs: Any) -> Resource:
    """`aws("eks/cluster:Cluster", ...)`."""
    return res(f"aws:{token}", logical, {key.rstrip("_"): value for key, value in inputs.items()})


def cluster(logical: str = "shop", /, *, options: dict[str, Any] | None = None, **inputs: Any) -> Resource:
    """An EKS cluster."""
    return res("aws:eks/cluster:Cluster", logical, inputs, **(options or {}))


def object_(api: str, name: str, ns: str | None = "shop", **parts: Any) -> Resource:
    """A Kubernetes object: `object_("policy/v1:PodDisruptionBudget", ...)`; `metadata` adds to the name."""
    version, _, kind = api.rpartition(":")
    metadata = {"name": name, **({"namespace": ns} if ns else {}), **parts.pop("metadata", {})}
    inputs = {"apiVersion": version, "kind": kind, "metadata": metadata, **parts}
    return res(f"kubernetes:{PULUMI_NAMES.get(version, version)}:{kind}", name, inputs)


def workload(name: str, kind: str = "Deployment", ns: str | None = "shop", **parts: Any) -> Resource:
    """A workload of one container `app`.

    `c` adds to the container, `p` to the pod, `s` to the spec, `m` to the metadata, `t` to the template's metadata.
    """
    container = {"name": "app", "image": "ghcr.io/shop/app:1.2.3", **parts.pop("c", {})}
    pod = {"containers": [container, *parts.pop("more", [])], **parts.pop("p", {})}
    labels = {"app": name}
    template = {"metadata": {"labels": labels, **parts.pop("t", {})}, "spec": pod}
    spec = {"selector": {"matchLabels": labels}, "template": template, **parts.pop("s", {})}
    apis = {"Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1", "Rollout": "argoproj.io/v1alpha1"}
    if kind == "Pod":
        spec = pod
    elif kind == "CronJob":
        spec = {"schedule": "@daily", "jobTemplate": {"spec": {"template": template}}}
    return object_(f"{apis.get(kind, 'apps/v1')}:{kind}", name, ns, spec=spec, metadata=parts.pop("m", {}), **parts)


def chart(name: str, of: str, version: str = "1.2.3", ns: str = "kube-system", **inputs: Any) -> Resource:
    """A Helm release."""
    given = {"chart": of, "version": version, "namespace": ns, **inputs}
    return res("kubernetes:helm.sh/v3:Release", name, given)


def addon(name: str, of: str, cluster_name: str = "${shop.name}", **inputs: Any) -> Resource:
    """An EKS add-on."""
    return res("aws:eks/addon:Addon", name, {"addonName": of, "clusterName": cluster_name, **inputs})


def group(name: str, cluster_name: str = "${shop.name}", **inputs: Any) -> Resource:
    """A managed node group."""
    return res("aws:eks/nodeGroup:NodeGroup", name, {"clusterName": cluster_name, **inputs})


def document(*statements: dict[str, Any]) -> str:
    """A policy document; a statement allows unless it says otherwise."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]})


def role(name: str, *trust: dict[str, Any], **inputs: Any) -> Resource:
    """An IAM role with a trust policy."""
    return res("aws:iam/role:Role", name, {"assumeRolePolicy": document(*trust), **inputs})


def attach(name: str, to: str, policy: str) -> Resource:
    """A managed policy of AWS on a role of the stack; a policy with a colon or `$` is taken as it is."""
    arn = policy if ":" in policy or "$" in policy else f"arn:aws:iam::aws:policy/{policy}"
    inputs = {"role": f"${{{to}.name}}", "policyArn": arn}
    return res("aws:iam/rolePolicyAttachment:RolePolicyAttachment", name, inputs)


def subnet(name: str, zone: str | None = "eu-west-1a", cidr: str = "10.0.0.0/20", **inputs: Any) -> Resource:
    """A subnet of the VPC `net`."""
    given = {"vpcId": "${net.id}", "cidrBlock": cidr, **({"availabilityZone": zone} if zone else {}), **inputs}
    return res("aws:ec2/subnet:Subnet", name, given)


def ids(*names: str) -> list[str]:
    """Symbols for the ids of resources."""
    return [f"${{{name}.id}}" for name in names]
