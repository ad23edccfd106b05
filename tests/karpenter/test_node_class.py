"""Classes of EKS Auto Mode's nodes: ranges, names and what Auto Mode fixes."""

from typing import Any

import pytest

from .words import auto_class, one, refused


def interface(card: int, device: int, kind: str = "efa-only") -> dict[str, Any]:
    return {"network_card_index": card, "device_index": device, "interface_type": kind}


FIRST = interface(0, 0, "interface")


@pytest.mark.parametrize(
    "fields",
    [
        {
            "role": "nodes",
            "snat_policy": "Disabled",
            "network_policy": "DefaultDeny",
            "network_policy_event_logs": "Enabled",
        },
        {"instance_profile": "eks-nodes"},
        {"ephemeral_storage": {"size": "18Ti", "iops": 16000, "throughput": 1000, "kms_key_id": "alias/x"}},
        {"advanced_networking": {"https_proxy": "http://[2001:db8::1]:3128", "no_proxy": [".internal"]}},
        {"advanced_networking": {"ipv4_prefix_size": "32", "associate_public_ip_address": False}},
        {"advanced_networking": {"network_interfaces": [{**FIRST, "secondary_ipv4_prefix_count": 1}, interface(0, 1)]}},
        {"advanced_security": {"fips": True, "kernel_lockdown": "integrity"}},
        {"advanced_compute": {"kernel": {"sysctl": {"vm.max_map_count": 262144}}}},
        {"certificate_bundles": [{"name": "ca", "data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="}]},
        {"capacity_reservation_selector_terms": [{"tags": {"a": "b"}, "owner": "123456789012"}, {"id": "cr-1"}]},
        {"pod_subnet_selector_terms": [{"id": "subnet-1"}], "pod_security_group_selector_terms": [{"id": "sg-1"}]},
        {"tags": {"Team": "a"}},
    ],
)
def test_auto_mode_classes(fields: dict[str, Any]) -> None:
    assert not refused(auto_class, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "default"},
        {"role": "a", "instance_profile": "eks-b"},
        {"instance_profile": "nodes"},
        {"snat_policy": "random"},
        {"ephemeral_storage": {"size": "59001Gi"}},
        {"ephemeral_storage": {"iops": 2999}},
        {"ephemeral_storage": {"iops": 16001}},
        {"ephemeral_storage": {"throughput": 1001}},
        {"advanced_networking": {"https_proxy": "proxy"}},
        {"advanced_networking": {"https_proxy": "http://" + "p" * 249}},
        {"advanced_networking": {"no_proxy": ["x"] * 51}},
        {"advanced_networking": {"no_proxy": ["x" * 256]}},
        {"advanced_networking": {"ipv4_prefix_size": 32}},
        {"advanced_security": {"kernel_lockdown": "confidentiality"}},
        {"certificate_bundles": [{"name": "ca", "data": "not base64!"}]},
        {"tags": {"kubernetes.io/cluster/x": "owned"}},
        {"tags": {"karpenter.sh/managed-by": "x"}},
        {"tags": {"eks.amazonaws.com/nodeclass": "x"}},
        {"subnet_selector_terms": []},
    ],
)
def test_no_auto_mode_classes(fields: dict[str, Any]) -> None:
    assert one(auto_class, **fields)


@pytest.mark.parametrize("field", ["ami_family", "ami_selector_terms", "user_data", "kubelet", "metadata_options"])
def test_what_auto_mode_fixes(field: str) -> None:
    assert one(auto_class, **{field: "x"}).startswith(f"{field}: is fixed by Auto Mode")
