"""Karpenter, hybrid nodes and GitOps."""

from __future__ import annotations

import re

from eks_blueprints.core.errors import Path, shown
from eks_blueprints.lifecycle.importers.eksctl.build import Build, name_for
from eks_blueprints.lifecycle.importers.eksctl.rules import step
from eks_blueprints.lifecycle.importers.eksctl.source import Node
from eks_blueprints.lifecycle.importers.eksctl.steps import network

_PROVIDERS = {"github": "https://github.com", "gitlab": "https://gitlab.com"}
_FLAGS = ("owner", "repository", "branch", "path", "hostname")
"""Flags of `flux bootstrap` that say which repository it is, and what of it."""


@step
def karpenter(build: Build, node: Node, _base: Path) -> None:
    """Karpenter without pools, as eksctl installs it."""
    name = name_for("karpenter", build.at(("compute",), {}))
    base = ("compute", name)
    build.put((*base, "kind"), "karpenter")
    for field in ("node_pools", "node_classes"):
        build.default((*base, field), {}, "eksctl makes none: import karpenter takes over those that are there")
    if build.source.is_true("iam", "withOIDC"):
        build.default((*base, "identity"), "irsa", "eksctl gives its controller a role by OIDC")
    if (version := node.get("version")) is not None:
        _version(build, version, base)
    queue = node.get("withSpotInterruptionQueue")
    if queue is not None:
        build.said((*base, "kind"), queue)
        if not queue.value:
            build.tell(queue, "cannot be written: Karpenter has a queue of interruptions in any case")
    if node.get("defaultInstanceProfile") is not None:
        do = "a class of nodes names one that exists as instance_profile"
        build.tell(node.get("defaultInstanceProfile"), f"leave it out: Karpenter makes instance profiles itself; {do}")


def _version(build: Build, node: Node, base: Path) -> None:
    from eks_blueprints.karpenter.releases import default_release

    found = str(node.value).removeprefix("v")
    if not re.fullmatch(r"1\.\d+\.\d+", found):
        do = f"{default_release()} is written: import karpenter says what to change in pools"
        build.default((*base, "version"), default_release(), "a release that the Kubernetes version takes")
        build.tell(node, f"cannot be written: releases before 1 have other objects; got {shown(node.value)}; {do}")
        return
    build.put((*base, "version"), found, node)


@step
def remote_network(build: Build, node: Node, _base: Path) -> None:
    """Networks of hybrid nodes, the way to them, and how machines prove who they are."""
    cidrs: list[str] = []
    for key, field in (("remoteNodeNetworks", "remote_node_networks"), ("remotePodNetworks", "remote_pod_networks")):
        found = node.get(key)
        for each in found.members() if found is not None else ():
            said = each.get("cidrs")
            if said is not None and said.value:
                build.put(("cluster", field), list(said.value), said)
                cidrs += said.value
    gateway = node.get("vpcGatewayID")
    if gateway is not None and network.existing(build):
        build.tell(gateway, "leave it out: the VPC exists; attach it and route to the remote networks there")
    elif gateway is not None:
        target = ("network", "gateways", "remote")
        build.put((*target, "id"), gateway.value, gateway)
        build.put((*target, "destination_cidrs"), cidrs)
    _machines(build, node)


def _machines(build: Build, node: Node) -> None:
    base = ("compute", name_for("hybrid", build.at(("compute",), {})))
    build.put((*base, "kind"), "hybrid_nodes")
    provider, bundle, role = (node.get("iam", key) for key in ("provider", "caBundleCert", "roleARN"))
    if provider is not None and str(provider.value).upper() == "IRA":
        build.put((*base, "iam_roles_anywhere"), {}, provider)
        if bundle is not None:
            build.put((*base, "iam_roles_anywhere", "ca_bundle"), bundle.value, bundle)
    else:
        build.put((*base, "ssm"), {}, *([provider] if provider is not None else []))
        build.tell(bundle, "has no effect: machines prove who they are by Systems Manager; write iam_roles_anywhere")
    if role is not None:
        build.put((*base, "role_arn"), role.value, role)


@step
def gitops(build: Build, node: Node, _base: Path) -> None:
    """Flux with the repository that it was bootstrapped from."""
    flux = node.get("flux")
    if flux is None:
        return
    named, listed = flux.get("gitProvider"), flux.get("flags")
    build.put(("addons", "fluxcd"), {}, *([named] if named is not None else []))
    flags = {str(each.path[-1]): each for each in listed.members()} if listed is not None else {}
    provider = _PROVIDERS.get(str(flux.value_of("gitProvider", default="")).lower())
    host = f"https://{flags['hostname'].value}" if "hostname" in flags else provider
    if host is None or not {"owner", "repository"} <= flags.keys():
        return
    repository, application = ("gitops", "repositories", "flux-system"), ("gitops", "applications", "flux-system")
    url = f"{host}/{flags['owner'].value}/{flags['repository'].value}"
    build.put((*repository, "url"), url, *(flags[key] for key in ("owner", "repository", "hostname") if key in flags))
    if "branch" in flags:
        build.put((*repository, "revision"), flags["branch"].value, flags["branch"])
    build.put((*application, "repository"), "flux-system")
    if "path" in flags:
        build.put((*application, "path"), flags["path"].value, flags["path"])
    for key, each in flags.items():
        if key not in _FLAGS:
            build.tell(each, f"cannot be written: it is for flux bootstrap alone; got {shown(each.value)}")
    build.differs.append(
        "gitops.repositories.flux-system: eksctl has Flux commit its own manifests to the repository; here Flux is a "
        "chart, and reads the repository: take its folder flux-system out, and give credentials where it is private"
    )
