"""pulumi-eks components seen as the AWS resources they make, where a plan does not hold those themselves.

A recording has a component's inputs and none of its children; a preview by the engine or a state has the children and
none of the inputs. Rules know the AWS resources alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eks_blueprints.policies.stack import CLUSTER, Resource

_SAME_CLUSTER = ("enabledClusterLogTypes", "version", "deletionProtection", "upgradePolicy", "tags", "name")
_SAME_GROUP = (
    "amiType",
    "capacityType",
    "clusterName",
    "diskSize",
    "forceUpdateVersion",
    "instanceTypes",
    "labels",
    "launchTemplate",
    "nodeGroupName",
    "nodeRoleArn",
    "releaseVersion",
    "remoteAccess",
    "scalingConfig",
    "subnetIds",
    "tags",
    "taints",
    "version",
)
_SAME_ADDON = (
    "addonVersion",
    "clusterName",
    "configurationValues",
    "resolveConflictsOnCreate",
    "resolveConflictsOnUpdate",
    "serviceAccountRoleArn",
    "tags",
)


def leaves_of(resources: Iterable[Resource]) -> list[Resource]:
    """The AWS resources that components without children in the plan stand for."""
    resources = list(resources)
    children = {(each.parent, each.type) for each in resources}
    made: list[Resource] = []
    for each in resources:
        view = _VIEWS.get(each.type)
        if view is None or not each.inputs:
            continue
        leaf, inputs = view(each.inputs)
        if (each.urn, leaf) not in children:
            made.append(_like(each, leaf, inputs))
            made += _addons_of(each) if leaf == CLUSTER else []
    return made


def _addons_of(component: Resource) -> list[Resource]:
    """The add-ons that pulumi-eks installs by itself."""
    inputs = component.inputs
    auto = inputs.get("autoMode")
    if isinstance(auto, Mapping) and auto.get("enabled"):
        return []
    wanted = {
        "vpc-cni": None if inputs.get("useDefaultVpcCni") else inputs.get("vpcCniOptions") or {},
        "kube-proxy": _enabled(inputs.get("kubeProxyAddonOptions")),
        "coredns": _enabled(inputs.get("corednsAddonOptions")),
    }
    made = []
    for name, options in wanted.items():
        if isinstance(options, Mapping):
            leaf, values = _vpc_cni(options)
            values |= {"addonName": name, "clusterName": f"${{{component.name}.name}}"}
            if "version" in options:
                values["addonVersion"] = options["version"]
            made.append(_like(component, leaf, values))
    return made


def _enabled(options: Any) -> Any:
    given = options if isinstance(options, Mapping) else {}
    return None if given.get("enabled") is False else given


def _like(component: Resource, leaf: str, inputs: dict[str, Any]) -> Resource:
    options = dict(component.options)
    if component.inputs.get("ignoreScalingChanges") is True:
        options["ignore_changes"] = [*options.get("ignore_changes", ()), "scalingConfig.desiredSize"]
    return Resource(
        urn=component.urn,
        type=leaf,
        name=component.name,
        inputs=inputs,
        options=options,
        parent=component.parent,
        provider=component.provider,
        dependencies=component.dependencies,
        property_dependencies=component.property_dependencies,
        position=component.position,
    )


def _cluster(inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    subnets = [*_list(inputs.get("subnetIds")), *_list(inputs.get("privateSubnetIds"))]
    leaf: dict[str, Any] = _kept(inputs, _SAME_CLUSTER)
    leaf["vpcConfig"] = {
        # pulumi-eks makes the public endpoint alone unless told otherwise.
        "endpointPrivateAccess": inputs.get("endpointPrivateAccess", False),
        "endpointPublicAccess": inputs.get("endpointPublicAccess", True),
        **_kept(inputs, ("publicAccessCidrs",)),
        "subnetIds": [*subnets, *_list(inputs.get("publicSubnetIds"))],
    }
    leaf["accessConfig"] = {
        "authenticationMode": inputs.get("authenticationMode", "CONFIG_MAP"),
        "bootstrapClusterCreatorAdminPermissions": True,
    }
    if inputs.get("encryptionConfigKeyArn") is not None:
        leaf["encryptionConfig"] = {
            "provider": {"keyArn": inputs["encryptionConfigKeyArn"]},
            "resources": ["secrets"],
        }
    if inputs.get("kubernetesServiceIpAddressRange") is not None:
        leaf["kubernetesNetworkConfig"] = {"serviceIpv4Cidr": inputs["kubernetesServiceIpAddressRange"]}
    auto = inputs.get("autoMode")
    if isinstance(auto, Mapping) and auto.get("enabled"):
        leaf["computeConfig"] = {"enabled": True}
        leaf["storageConfig"] = {"blockStorage": {"enabled": True}}
        network = {**leaf.get("kubernetesNetworkConfig", {}), "elasticLoadBalancing": {"enabled": True}}
        leaf["kubernetesNetworkConfig"] = network
        leaf["bootstrapSelfManagedAddons"] = False
    return "aws:eks/cluster:Cluster", leaf


def _node_group(inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    leaf = _kept(inputs, _SAME_GROUP)
    if "clusterName" not in leaf and inputs.get("cluster") is not None:
        leaf["clusterName"] = inputs["cluster"]
    if inputs.get("operatingSystem") == "AL2" and "amiType" not in leaf:
        leaf["amiType"] = "AL2_x86_64"
    return "aws:eks/nodeGroup:NodeGroup", leaf


def _addon(inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    leaf = _kept(inputs, _SAME_ADDON)
    leaf["addonName"] = inputs.get("addonName")
    leaf["clusterName"] = inputs.get("cluster")
    return "aws:eks/addon:Addon", leaf


def _vpc_cni(inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    leaf = _kept(inputs, _SAME_ADDON)
    leaf["addonName"] = "vpc-cni"
    if inputs.get("enableNetworkPolicy") is not None:
        given = leaf.get("configurationValues")
        values = dict(given) if isinstance(given, Mapping) else {}
        leaf["configurationValues"] = {**values, "enableNetworkPolicy": inputs["enableNetworkPolicy"]}
    return "aws:eks/addon:Addon", leaf


_VIEWS = {
    "eks:index:Cluster": _cluster,
    "eks:index:ManagedNodeGroup": _node_group,
    "eks:index:Addon": _addon,
    "eks:index:VpcCniAddon": _vpc_cni,
}


def _kept(inputs: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: inputs[key] for key in keys if inputs.get(key) is not None}


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
