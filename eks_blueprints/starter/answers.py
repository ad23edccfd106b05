"""What has to be known of a new repository before it is written."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from eks_blueprints.core import versions
from eks_blueprints.core.errors import Problem, nearest, shown, unknown_name
from eks_blueprints.core.form import Form
from eks_blueprints.network import zones

ON_A_CLUSTER = "existing-cluster"
"""The preset without a cluster of its own."""

PRESETS: Mapping[str, str] = MappingProxyType(
    {
        "auto-mode": "EKS Auto Mode, where AWS runs nodes, volumes and load balancers",
        "eksctl": "what eksctl creates by default: a VPC, and two m5.large nodes that EKS manages",
        ON_A_CLUSTER: "add-ons, a node group and a team on a cluster that exists",
        "existing-vpc": "managed node groups on a VPC that exists, found by its tags",
        "fargate": "no nodes, pods on Fargate",
        "karpenter": "Karpenter, which launches nodes for pods, and a few managed nodes for the system",
        "managed": "managed node groups on a new VPC",
    }
)
"""The platforms to start from, with what each is."""

HOSTS = ("github", "gitlab", "bitbucket", "codebuild")
"""Where the pull request check can run."""

NO_CI = "none"
DEFAULT_PRESET = "managed"
DEFAULT_REGION = "eu-west-1"
DEFAULT_CLUSTER = "shared-dev"
DISTRIBUTION = "eks-blueprints"

BOTTLEROCKET = ("1.36", "v1.64.0")
"""The newest Kubernetes version of EKS, and the release of Bottlerocket, with images for it, that Karpenter's nodes are
pinned to. Source: its release notes of 2026-05-18 (v1.61.0 adds 1.36) and 2026-07-29 (v1.64.0)."""

_MAX_NAME = 50
"""Longest name: the names of the clusters, of their roles and queues begin with it."""

_WORDS_OF_YAML = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}
_CLUSTER = Form(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
"""Names of clusters. Source: CreateCluster of the EKS API Reference."""
_NAME = Form(rf"[A-Za-z][A-Za-z0-9_-]{{0,{_MAX_NAME - 1}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a new repository is made for."""

    name: str
    """Name of the Pulumi project; the names of its clusters begin with it."""
    region: str = DEFAULT_REGION
    """AWS region of its platforms."""
    preset: str = DEFAULT_PRESET
    """The platform to start from, one of `PRESETS`."""
    cluster: str | None = None
    """Of the preset `existing-cluster`: the name of the cluster of the stack dev. Default: shared-dev."""
    ci: str = NO_CI
    """Where its pull requests are checked: one of `HOSTS`, or `none`."""
    requirement: str
    """How pip installs this package, a line of requirements.txt."""

    def problems(self) -> Iterator[Problem]:
        """What is wrong with them, by the option that says it."""
        for option, fault in (
            ("--name", name_fault(self.name)),
            ("--region", region_fault(self.region)),
            ("--preset", preset_fault(self.preset)),
            ("--cluster", self._cluster_fault()),
            ("--ci", ci_fault(self.ci)),
            ("--package", requirement_fault(self.requirement)),
        ):
            if fault:
                yield Problem((option,), fault)

    def _cluster_fault(self) -> str | None:
        if self.cluster is None or self.preset == ON_A_CLUSTER:
            return None if self.cluster is None else cluster_fault(self.cluster)
        do = f"leave it out, or add --preset {ON_A_CLUSTER}"
        return f"names a cluster that exists; got the preset {shown(self.preset)}, which creates its own; {do}"

    @property
    def trusted(self) -> str:
        """What a check of pull requests installs for its comment: never what a pull request names."""
        return self.requirement.partition("  #")[0]

    def values(self) -> dict[str, str]:
        """What stands for each placeholder of a template; the answers have no problem."""
        offered = zones.region(self.region).zones
        return {
            "PROJECT": self.name,
            "DESCRIPTION": f"Amazon EKS platforms of {self.name}, one a stack",
            "SUMMARY": PRESETS[self.preset],
            "REGION": self.region,
            "CLUSTER": self.cluster or DEFAULT_CLUSTER,
            "PARTITION": zones.partition(self.region),
            "ZONES": ", ".join(offered[:3]),
            "TWO_ZONES": ", ".join(offered[:2]),
            "KUBERNETES_VERSION": versions.latest(),
            "BOTTLEROCKET_RELEASE": BOTTLEROCKET[1],
            "REQUIREMENT": self.requirement,
        }


def name_fault(name: str) -> str | None:
    """What is wrong with the name of a project, if anything is."""
    if name.lower() in _WORDS_OF_YAML:
        return f"cannot name a project, because YAML reads more than text in it; got {shown(name)}; use another word"
    if _NAME.fullmatch(name):
        return None
    do = f"use letters, digits, - and _, at most {_MAX_NAME}, beginning with a letter"
    return f"cannot name a project; got {shown(name)}; {do}"


def region_fault(region: str) -> str | None:
    """What is wrong with a region, if anything is."""
    known = zones.regions()
    if region in known:
        return None
    near = nearest(region, known)
    do = f"did you mean {near}?" if near else f"name one such as {DEFAULT_REGION}"
    return f"is not a region of EKS that this version knows; got {shown(region)}; {do}"


def preset_fault(preset: str) -> str | None:
    """What is wrong with the name of a preset, if anything is."""
    if preset in PRESETS:
        return None
    return unknown_name(preset, PRESETS, "preset")


def cluster_fault(name: str) -> str | None:
    """What is wrong with the name of a cluster, if anything is."""
    if _CLUSTER.fullmatch(name):
        return None
    do = "use letters, digits, - and _, at most 100, beginning with a letter or a digit"
    return f"cannot name a cluster; got {shown(name)}; {do}"


def ci_fault(host: str) -> str | None:
    """What is wrong with the name of a host of pull requests, if anything is."""
    return None if host in (*HOSTS, NO_CI) else unknown_name(host, (*HOSTS, NO_CI), "host")


def requirement_fault(requirement: str) -> str | None:
    """What is wrong with a line of requirements.txt, if anything is."""
    if requirement.strip() and requirement.isprintable() and not set(requirement) & set("\"'`$\\"):
        return None
    do = "write it like eks-blueprints==1.0.0 or eks-blueprints @ git+https://example.com/eks-blueprints@v1"
    return f"is not a line of requirements.txt; got {shown(requirement)}; {do}"


def installed_requirement() -> str | None:
    """The line of requirements.txt that installs this package as it is installed here; None if from a local folder or
    file, which others do not have."""
    try:
        found = importlib.metadata.distribution(DISTRIBUTION)
        origin = json.loads(found.read_text("direct_url.json") or "null")
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
    if origin is None:
        return f"{DISTRIBUTION}=={found.version}"
    url = str(origin.get("url", ""))
    if vcs := origin.get("vcs_info"):
        return f"{DISTRIBUTION} @ {vcs['vcs']}+{url}@{vcs['commit_id']}"
    return f"{DISTRIBUTION} @ {url}" if url.startswith("https://") else None


def example_requirement() -> str:
    """What stands in requirements.txt until the team says where it keeps this package."""
    from eks_blueprints import __version__

    return f"{DISTRIBUTION} @ git+https://github.com/acme/eks-blueprints@v{__version__}  # yours: where you keep it"
