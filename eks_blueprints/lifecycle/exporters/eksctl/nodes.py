"""Groups of nodes and Fargate profiles as those of a ClusterConfig."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.exporters.eksctl.policies import document
from eks_blueprints.lifecycle.exporters.eksctl.taken import Fields, reversed_rules
from eks_blueprints.network import zones

LISTS = {"managed_nodes": ("managedNodeGroups", "ManagedNodeGroup"), "self_managed_nodes": ("nodeGroups", "NodeGroup")}
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
_FAMILIES = {"BOTTLEROCKET": "Bottlerocket", "AL2023": "AmazonLinux2023", "AL2": "AmazonLinux2"}
_SHEBANG = "#!/bin/bash\n"
_NEEDED = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
_CNI = "AmazonEKS_CNI_Policy"


def group(fields: Fields, name: str, base: Path, partition: str) -> dict[str, Any]:
    """A group of nodes."""
    _, owner = LISTS[fields.take((*base, "kind"))]
    _defaults(fields, base)
    said: dict[str, Any] = {"name": name}
    types = fields.take((*base, "instance_types"), [])
    if owner == "NodeGroup" and any(zones.form(each) == "local" for each in fields.at((*base, "zones"), [])):
        said["localZones"] = fields.take((*base, "zones"))
    distribution = fields.at((*base, "instances_distribution")) is not None
    rest = reversed_rules(fields, owner, base)
    if distribution and owner == "NodeGroup":
        price = fields.take((*base, "instances_distribution", "spot_max_price"))
        more = {"maxPrice": float(price)} if isinstance(price, str) else {}
        shares = reversed_rules(fields, "NodeGroupInstancesDistribution", base)
        rest["instancesDistribution"] = {"instanceTypes": types, **shares, **more}
        if fields.at((*base, "instances_distribution")) == {}:
            fields.drop((*base, "instances_distribution"))
    elif len(types) == 1:
        said["instanceType"] = types[0]
    elif types and owner == "ManagedNodeGroup":
        said["instanceTypes"] = types
    elif types:
        said["instancesDistribution"] = {"instanceTypes": types}
    return said | rest | _parts(fields, owner, base, partition)


def _defaults(fields: Fields, base: Path) -> None:
    """What is the default here and not with eksctl."""
    template = fields.at((*base, "launch_template")) is not None
    if fields.at((*base, "subnet_ids")) is None:
        fields.default((*base, "subnets"), "private")
    if fields.at((*base, "node_repair_config")) is not None:
        fields.default((*base, "node_repair_config", "enabled"), True)
    if not template:
        fields.default((*base, "http_put_response_hop_limit"), 1)
        fields.default((*base, "disk", "encrypted"), True)


def _parts(fields: Fields, owner: str, base: Path, partition: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, name in (("labels", "labels"), ("tags", "tags"), ("subnet_ids", "subnets")):
        if value := fields.take((*base, key)):
            said[name] = value
    if taints := fields.take((*base, "taints")):
        said["taints"] = [{**each, "effect": _EFFECTS.get(each["effect"], each["effect"])} for each in taints]
    if scripts := fields.take((*base, "pre_bootstrap_scripts")):
        said["preBootstrapCommands"] = [each.removeprefix(_SHEBANG) for each in scripts]
    if name := fields.take((*base, "instance_name")):
        said["instanceName"] = name
    if release := fields.take((*base, "release_version")):
        said["releaseVersion"] = release
    if template := fields.take((*base, "launch_template")):
        said["launchTemplate"] = {key: str(value) for key, value in template.items() if key in ("id", "version")}
    if update := fields.take((*base, "update_config")):
        names = {"max_unavailable": "maxUnavailable", "max_unavailable_percentage": "maxUnavailablePercentage"}
        said["updateConfig"] = {names[key]: value for key, value in update.items() if key in names}
    if metrics := fields.take((*base, "enabled_metrics")):
        said["asgMetricsCollection"] = [{"granularity": "1Minute", "metrics": metrics}]
    return (
        said
        | _image(fields, base)
        | _volumes(fields, base)
        | _login(fields, base)
        | _role(fields, base, partition)
        | _settings(fields, owner, base)
    )


def _image(fields: Fields, base: Path) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if image := fields.take((*base, "image", "id")):
        said["ami"] = image
    kind, family = fields.at((*base, "ami_type")), fields.take((*base, "family"))
    if kind == "CUSTOM":
        fields.drop((*base, "ami_type"))
        return said | {"amiFamily": _FAMILIES.get(family or "AL2023", "AmazonLinux2023")}
    if kind is None:
        return said
    fields.drop((*base, "ami_type"))
    if kind.startswith("WINDOWS"):
        _, core, year, _ = kind.split("_", 3)
        return said | {"amiFamily": f"WindowsServer{year}{core.capitalize()}Container"}
    name = next(_FAMILIES[each] for each in _FAMILIES if kind.startswith(each))
    return said | {"amiFamily": name + ("Fips" if kind.endswith("_FIPS") else "")}


def _volumes(fields: Fields, base: Path) -> dict[str, Any]:
    found = []
    for device in list(fields.at((*base, "additional_volumes"), {})):
        place = (*base, "additional_volumes", device)
        fields.default((*place, "encrypted"), True)
        found.append({"volumeName": device, **reversed_rules(fields, "VolumeMapping", place)})
    return {"additionalVolumes": found} if found else {}


def _login(fields: Fields, base: Path) -> dict[str, Any]:
    access = (*base, "remote_access")
    said: dict[str, Any] = {}
    for key, name in (
        ("public_key", "publicKey"),
        ("ec2_ssh_key", "publicKeyName"),
        ("source_security_group_ids", "sourceSecurityGroupIds"),
    ):
        if isinstance(value := fields.at((*access, key)), str | list):
            said[name] = value
            fields.drop((*access, key))
    if fields.at((*access, "source_cidrs")) is not None:
        fields.note((*access, "source_cidrs"), "eksctl opens port 22 to the VPC, or to everyone for public groups")
        fields.drop((*access, "source_cidrs"))
    if fields.take((*base, "session_manager")) is True:
        said["enableSsm"] = True
    return {"ssh": said} if said else {}


def _role(fields: Fields, base: Path, partition: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    names = {
        "node_role_arn": "instanceRoleARN",
        "permissions_boundary": "instanceRolePermissionsBoundary",
        "iam_instance_profile_arn": "instanceProfileARN",
    }
    for key, name in names.items():
        if value := fields.take((*base, key)):
            said[name] = value
    if value := fields.take((*base, "iam_role", "name")):
        said["instanceRoleName"] = value
    if statements := document(fields, (*base, "iam_role")):
        said["attachPolicy"] = statements
    policies = fields.take((*base, "policies"), {})
    if list(policies) == ["cni"]:
        return {"iam": said} if said else {}
    if policies:
        # A list replaces those that eksctl attaches by itself.
        said["attachPolicyARNs"] = [
            *(f"arn:{partition}:iam::aws:policy/{each}" for each in _NEEDED),
            *policies.values(),
        ]
    return {"iam": said} if said else {}


def _settings(fields: Fields, owner: str, base: Path) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if settings := fields.take((*base, "bottlerocket_settings")):
        admin = settings.get("host-containers", {}).get("admin", {}).pop("enabled", None)
        for path in (("host-containers", "admin"), ("host-containers",)):
            above = settings if len(path) == 1 else settings.get(path[0], {})
            if above.get(path[-1]) == {}:
                del above[path[-1]]
        said["bottlerocket"] = {
            **({"settings": settings} if settings else {}),
            **({} if admin is None else {"enableAdminContainer": admin}),
        }
    config = fields.at((*base, "node_config"))
    if (
        owner == "NodeGroup"
        and isinstance(config, dict)
        and config.keys() == {"kubelet"}
        and config["kubelet"].keys() == {"config"}
    ):
        said["kubeletExtraConfig"] = fields.take((*base, "node_config"))["kubelet"]["config"]
    return said


def fargate(fields: Fields, name: str, base: Path) -> dict[str, Any]:
    """A Fargate profile."""
    fields.take((*base, "kind"))
    said = {"name": name, "selectors": fields.take((*base, "selectors"), [])}
    for key, field in (("tags", "tags"), ("subnet_ids", "subnets")):
        if value := fields.take((*base, key)):
            said[field] = value
    return said | reversed_rules(fields, "FargateProfile", base)


def karpenter(fields: Fields, base: Path) -> dict[str, Any]:
    """Karpenter's controller; its pools and classes are objects of the cluster, which eksctl does not make."""
    from eks_blueprints.karpenter.releases import default_release

    fields.take((*base, "kind"))
    for pools in ("node_pools", "node_classes"):
        if fields.at((*base, pools)) == {}:
            fields.drop((*base, pools))
    if fields.at((*base, "identity")) == "irsa":
        fields.drop((*base, "identity"))
    return {"version": fields.take((*base, "version"), default_release()), "withSpotInterruptionQueue": True}
