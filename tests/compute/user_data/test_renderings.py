"""The user data of every family, as it is committed beside this file and reviewed like code."""

from __future__ import annotations

import email
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.compute._user_data.cluster_data import ClusterData
from eks_blueprints.compute._user_data.render import render
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes

HERE = Path(__file__).parent
CLUSTER = ("shop", "https://ABC.gr7.eu-west-1.eks.amazonaws.com", "Q0E=", "10.100.0.0/16")
TAINTS = [
    {"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"},
    {"key": "nvidia.com/gpu", "effect": "NO_EXECUTE"},
]
LABELS = {"team": "batch", "example.com/size": "large"}

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "al2023_minimal": ("mime", {}),
    "al2023_full": (
        "mime",
        {
            "labels": LABELS,
            "taints": TAINTS,
            "max_pods": 58,
            "pre_bootstrap_scripts": ["yum install -y nvme-cli", "#!/bin/sh\necho second\n"],
            "node_config": {
                "kubelet": {"config": {"shutdownGracePeriod": "30s"}},
                "instance": {"localStorage": {"strategy": "RAID0"}},
            },
        },
    ),
    "al2023_merged": (
        "mime",
        {
            "labels": LABELS,
            "taints": TAINTS,
            "node_config": {
                "kubelet": {
                    "config": {"registerWithTaints": [{"key": "startup", "effect": "NoExecute"}], "maxPods": 20},
                    "flags": ["--v=4", "--node-labels=tier=gold,team=batch"],
                },
                "containerd": {"config": '[plugins."io.containerd.cri.v1.images"]\ndiscard_unpacked_layers = true\n'},
                "instance": {"localStorage": {"strategy": "Mount", "disabledMounts": ["PodLogs"]}},
            },
        },
    ),
    "bottlerocket_minimal": ("toml", {"ami_type": "BOTTLEROCKET_x86_64"}),
    "bottlerocket_full": (
        "toml",
        {
            "ami_type": "BOTTLEROCKET_x86_64",
            "labels": LABELS,
            "taints": TAINTS,
            "max_pods": 58,
            "remote_access": {"ec2_ssh_key": "ops", "source_cidrs": ["10.0.0.0/8"]},
            "bottlerocket_settings": {
                "kernel": {"lockdown": "integrity", "sysctl": {"vm.max_map_count": "262144"}},
                "motd": 'say "hello"\n',
                "kubernetes": {"allowed-unsafe-sysctls": ["net.core.*"], "cpu-manager-policy": "static"},
            },
        },
    ),
    "bottlerocket_merged": (
        "toml",
        {
            "ami_type": "BOTTLEROCKET_x86_64",
            "labels": LABELS,
            "taints": TAINTS,
            "bottlerocket_settings": {
                "container-registry": {
                    "mirrors": [
                        {"registry": "docker.io", "endpoint": ["https://mirror.example.com"]},
                        {"registry": "*", "endpoint": ["https://one.example.com", "https://two.example.com"]},
                    ]
                },
                "host-containers": {"control": {"enabled": False}},
                "kubernetes": {
                    "node-labels": {"tier": "gold"},
                    "node-taints": {"dedicated": ["batch:NoSchedule", "batch:NoExecute"], "startup": ":NoExecute"},
                },
                "motd": "grüße\nan alle",
            },
        },
    ),
    "windows_minimal": ("powershell", {"ami_type": "WINDOWS_CORE_2022_x86_64"}),
    "windows_full": (
        "powershell",
        {
            "ami_type": "WINDOWS_FULL_2025_x86_64",
            "labels": LABELS,
            "taints": TAINTS,
            "max_pods": 20,
            "pre_bootstrap_scripts": ["Write-Output 'it''s time'"],
        },
    ),
}


def rendered(fields: dict[str, Any], cluster: tuple[str, str, str, str] = CLUSTER) -> str:
    return render(SelfManagedNodes.model_validate(fields), data(cluster))


def data(cluster: tuple[str, str, str, str] = CLUSTER) -> ClusterData:
    name, endpoint, authority, service_cidr = cluster
    return ClusterData(name=name, endpoint=endpoint, certificate_authority=authority, service_cidr=service_cidr)


@pytest.mark.parametrize("case", CASES)
def test_it_reads_as_it_did(case: str, request: pytest.FixtureRequest) -> None:
    path = HERE / f"{case}.txt"
    text = rendered(CASES[case][1])
    if request.config.getoption("--update-golden"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("case", CASES)
def test_a_managed_group_says_the_same_to_images_of_ones_own(case: str) -> None:
    fields = dict(CASES[case][1])
    family = {"B": "BOTTLEROCKET", "W": "WINDOWS"}.get(fields.pop("ami_type", "")[:1], "AL2023")
    own = {"ami_type": "CUSTOM", "family": family, "image": {"id": "ami-0123456789abcdef0"}}
    text = render(ManagedNodes.model_validate(fields | own), data())
    assert text == (HERE / f"{case}.txt").read_text()


@pytest.mark.parametrize("case", [name for name, (form, _) in CASES.items() if form == "mime"])
def test_amazon_linux_gets_a_node_config_in_a_mime_archive(case: str) -> None:
    parts = list(email.message_from_string(rendered(CASES[case][1])).walk())[1:]
    assert parts[-1].get_content_type() == "application/node.eks.aws"
    spec = json.loads(parts[-1].get_payload())["spec"]
    assert spec["cluster"] == dict(
        zip(("name", "apiServerEndpoint", "certificateAuthority", "cidr"), CLUSTER, strict=True)
    )
    assert spec["kubelet"]["config"]["clusterDNS"] == ["10.100.0.10"]
    for part in parts[:-1]:
        assert part.get_content_type() == "text/x-shellscript"
        assert part.get_payload().startswith("#!")


@pytest.mark.parametrize("case", [name for name, (form, _) in CASES.items() if form == "toml"])
def test_bottlerocket_gets_toml(case: str) -> None:
    settings = tomllib.loads(rendered(CASES[case][1]))["settings"]
    assert settings["kubernetes"]["api-server"] == CLUSTER[1]
    assert settings["kubernetes"]["cluster-dns-ip"] == "10.100.0.10"
    for key, value in CASES[case][1].get("bottlerocket_settings", {}).items():
        assert settings[key] if key == "kubernetes" else settings[key] == value, key


def test_taints_of_bottlerocket_have_their_effects() -> None:
    settings = tomllib.loads(rendered(CASES["bottlerocket_full"][1]))["settings"]["kubernetes"]
    assert settings["node-taints"] == {"dedicated": ["batch:NoSchedule"], "nvidia.com/gpu": [":NoExecute"]}
    assert settings["node-labels"] == LABELS


def test_services_on_ipv6_have_their_dns_there() -> None:
    spec = rendered({}, (*CLUSTER[:3], "fd00:1::/108"))
    assert "fd00:1::a" in spec


def test_the_symbol_of_a_recording_is_left_readable() -> None:
    assert data(("n", "e", "c", "${shop.cidr}")).dns_ip == "${shop.cidr}[10]"
