"""The stand-in for pulumi-eks: enough of its components for a program that is given one of their clusters.

What it does: checks the arguments; `Cluster` registers a role with its policy and an `aws.eks.Cluster` as children
(through the AWS stand-in, so that all service rules hold) and answers with plausible outputs; `ManagedNodeGroup` and
`Addon` register the one resource that they are named after.

What it does not: the real children's names, security groups and their rules, instance profiles, launch templates, the
aws-auth map, the default node group, the default add-ons, auto mode's roles, Fargate, the OIDC provider, storage
classes, a Kubernetes provider of its own, and the other components. A golden of its children would say nothing.
"""

from __future__ import annotations

import importlib.metadata
import json
from typing import Any

from . import wire
from .base import Outputs, Provider, ServiceError
from .checks import Failure, check_fields
from .monitor import Monitor
from .tables import Tables
from .wire import UNKNOWN

ROLE = "aws:iam/role:Role"


class EksProvider(Provider):
    accepts_resources = True  # a child must come after the resources that its component was given

    def __init__(self) -> None:
        super().__init__()
        self.tables = Tables("pulumi_eks")
        self.version = importlib.metadata.version("pulumi-eks")

    def check_construct(self, type: str, inputs: dict[str, Any]) -> list[Failure]:
        table = self.tables.resource(type)
        if table is None:
            return [("", f"unknown component {type}")]
        plain = {key: (kind if key not in ("cluster", "nodeRole") else "any", need) for key, (kind, need) in
                 table["inputs"].items()}  # fmt: skip
        failures = check_fields(self.tables, plain, inputs)
        self.tables.save()
        return failures

    def construct(self, monitor: Monitor, type: str, name: str, inputs: dict[str, Any]) -> tuple[str, Outputs]:
        makers = {
            "eks:index:Cluster": self._cluster,
            "eks:index:ManagedNodeGroup": self._node_group,
            "eks:index:Addon": self._addon,
        }
        if type not in makers:
            raise ServiceError("NotImplemented", f"the stand-in does not make {type}")
        urn = monitor.component()
        outputs = makers[type](monitor, urn, name, inputs)
        monitor.outputs(urn, outputs)
        return urn, outputs

    def _cluster(self, monitor: Monitor, urn: str, name: str, inputs: dict[str, Any]) -> Outputs:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        own_role, role, made = monitor.child(ROLE, f"{name}-eksRole-role", {"assumeRolePolicy": trust}, parent=urn)
        policy = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
        attachment, _, _ = monitor.child(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            f"{name}-eksRole-policy",
            {"role": role, "policyArn": policy},
            parent=urn,
            depends_on=(own_role,),
        )
        subnets = inputs.get("subnetIds") or [
            *(inputs.get("publicSubnetIds") or []),
            *(inputs.get("privateSubnetIds") or []),
        ]
        if not subnets:
            raise ServiceError("InvalidInputs", "the stand-in has no default VPC: give the cluster its subnets")
        vpc = {
            "subnetIds": subnets,
            "endpointPublicAccess": inputs.get("endpointPublicAccess", True),
            "endpointPrivateAccess": inputs.get("endpointPrivateAccess", False),
            "publicAccessCidrs": inputs.get("publicAccessCidrs"),
        }
        mode = {"Api": "API", "ApiAndConfigMap": "API_AND_CONFIG_MAP", "ConfigMap": "CONFIG_MAP"}
        given = inputs.get("authenticationMode")
        arguments = {
            "name": inputs.get("name"),
            "roleArn": made["arn"],
            "version": inputs.get("version"),
            "vpcConfig": {key: value for key, value in vpc.items() if value is not None},
            "accessConfig": {"authenticationMode": mode.get(given, given)} if isinstance(given, str) else None,
            "deletionProtection": inputs.get("deletionProtection"),
            "tags": inputs.get("tags"),
        }
        arguments = {key: value for key, value in arguments.items() if value is not None}
        cluster, id, facts = monitor.child(
            "aws:eks/cluster:Cluster", f"{name}-eksCluster", arguments, parent=urn, depends_on=(own_role, attachment)
        )
        config = _kubeconfig(facts)
        group = (facts.get("vpcConfig") or {}).get("clusterSecurityGroupId", UNKNOWN)
        identities = facts.get("identities", UNKNOWN)
        issuer = UNKNOWN if wire.has_unknown(identities) else identities[0]["oidcs"][0]["issuer"]
        reference = wire.resource(cluster, id)
        core = {
            "cluster": reference,
            "endpoint": facts.get("endpoint", UNKNOWN),
            "kubeconfig": config,
            "vpcId": inputs.get("vpcId") or (facts.get("vpcConfig") or {}).get("vpcId", UNKNOWN),
            "subnetIds": subnets,
            "clusterIamRole": wire.resource(own_role, role),
            "instanceRoles": [],
            "nodeGroupOptions": {},
            "accessEntries": [],
        }
        return {
            "eksCluster": reference,
            "core": core,
            "kubeconfig": config,
            "kubeconfigJson": UNKNOWN if config is UNKNOWN else json.dumps(config),
            "clusterSecurityGroupId": group,
            "nodeSecurityGroupId": "",
            "clusterIngressRuleId": "",
            "instanceRoles": [],
            "oidcIssuer": issuer,
            "oidcProviderUrl": issuer,
            "oidcProviderArn": "",
            "autoModeNodeRoleName": "",
            "defaultNodeGroupAsgName": "",
            "fargateProfileId": "",
            "fargateProfileStatus": "",
        }

    def _core(self, monitor: Monitor, given: Any) -> dict[str, Any]:
        """`cluster=` takes a component, of which only the URN comes here, or its core."""
        if isinstance(given, str):
            given = monitor.state(given).get("core", {})
        return given if isinstance(given, dict) else {}

    def _role_arn(self, inputs: dict[str, Any]) -> Any:
        given = inputs.get("nodeRoleArn") or inputs.get("nodeRole")
        row = self.account.find(ROLE, given) if isinstance(given, str) else None
        return row.outputs["arn"] if row else given or UNKNOWN

    def _node_group(self, monitor: Monitor, urn: str, name: str, inputs: dict[str, Any]) -> Outputs:
        core = self._core(monitor, inputs["cluster"])
        passed = (
            "scalingConfig",
            "instanceTypes",
            "labels",
            "taints",
            "capacityType",
            "tags",
            "nodeGroupName",
            "version",
        )
        arguments = {key: inputs[key] for key in passed if inputs.get(key) is not None}
        made, id, _ = monitor.child(
            "aws:eks/nodeGroup:NodeGroup",
            name,
            {
                "scalingConfig": {"desiredSize": 2, "minSize": 1, "maxSize": 2},
                **arguments,
                "clusterName": core.get("cluster", UNKNOWN),
                "nodeRoleArn": self._role_arn(inputs),
                "subnetIds": inputs.get("subnetIds") or core.get("subnetIds", UNKNOWN),
            },
            parent=urn,
            depends_on=_cluster_of(monitor),
        )
        return {"nodeGroup": wire.resource(made, id)}

    def _addon(self, monitor: Monitor, urn: str, name: str, inputs: dict[str, Any]) -> Outputs:
        core = self._core(monitor, inputs["cluster"])
        passed = ("addonName", "addonVersion", "resolveConflictsOnCreate", "resolveConflictsOnUpdate", "tags",
                  "serviceAccountRoleArn", "preserve")  # fmt: skip
        arguments = {key: inputs[key] for key in passed if inputs.get(key) is not None}
        values = inputs.get("configurationValues")
        if values is not None:
            arguments["configurationValues"] = UNKNOWN if wire.has_unknown(values) else json.dumps(values)
        arguments["clusterName"] = core.get("cluster", UNKNOWN)
        monitor.child("aws:eks/addon:Addon", name, arguments, parent=urn, depends_on=_cluster_of(monitor))
        return {}


def _cluster_of(monitor: Monitor) -> tuple[str, ...]:
    """The AWS cluster in the component that `cluster=` names: depending on a component alone orders nothing."""
    component = "eks:index:Cluster"
    urns = [urn.rpartition("::") for urn in monitor.inputs_from() if urn.split("::")[2].endswith(component)]
    return tuple(f"{head}$aws:eks/cluster:Cluster::{name}-eksCluster" for head, _, name in urns)


def _kubeconfig(facts: dict[str, Any]) -> Any:
    known = {key: facts.get(key, UNKNOWN) for key in ("name", "endpoint", "certificateAuthority")}
    if wire.has_unknown(known):
        return UNKNOWN
    cluster = {"server": known["endpoint"], "certificate-authority-data": known["certificateAuthority"]["data"]}
    arguments = ["eks", "get-token", "--cluster-name", known["name"], "--output", "json"]
    command = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": arguments}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "aws",
        "clusters": [{"name": "kubernetes", "cluster": cluster}],
        "contexts": [{"name": "aws", "context": {"cluster": "kubernetes", "user": "aws"}}],
        "users": [{"name": "aws", "user": {"exec": command}}],
    }
