"""The tables of node settings, and what is wrong with settings by them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from eks_blueprints.core.errors import dotted
from eks_blueprints.core.node_settings import bottlerocket, node_config
from eks_blueprints.core.node_settings.forms import FORMS
from eks_blueprints.core.node_settings.shapes import Table
from eks_blueprints.core.spec import Reference

NODEADM = node_config.table()
KUBELET = NODEADM.others["KubeletConfiguration"]
BOTTLEROCKET = bottlerocket.table()


@pytest.mark.parametrize("table", [NODEADM, KUBELET, BOTTLEROCKET], ids=lambda table: table.tool)
def test_every_name_in_a_shape_means_something(table: Table) -> None:
    known = table.types.keys() | table.enums.keys() | table.others.keys() | FORMS.keys() | {"since", "until"}
    for fields in table.types.values():
        for shape in fields.values():
            assert set(re.findall(r"[A-Za-z]\w*", shape)) <= known, shape


def test_the_tables_hold_what_their_tools_are_known_for() -> None:
    assert len(KUBELET.types["KubeletConfiguration"]) > 120
    assert KUBELET.types["KubeletConfiguration"]["maxPods"] == "int32"
    assert KUBELET.types["KubeletConfiguration"]["crashLoopBackOff"] == "CrashLoopBackOffConfig since 32"
    assert NODEADM.enums["LocalStorageStrategy"] == ("RAID0", "RAID10", "Mount")
    assert len(BOTTLEROCKET.types["Settings"]) > 20
    assert BOTTLEROCKET.types["RegistrySettingsV1"]["mirrors"] == "[RegistryMirrorV1] | {[text]}"


def told(spec: dict[str, Any], minor: int | None = None) -> list[str]:
    return [f"{dotted(path)}: {message}" for path, message in node_config.problems(spec, minor)]


def kubelet(minor: int | None = None, **config: Any) -> list[str]:
    return [line.removeprefix("kubelet.config.") for line in told({"kubelet": {"config": config}}, minor)]


def settings(**fields: Any) -> list[str]:
    tree = {name.replace("_", "-"): value for name, value in fields.items()}
    return [f"{dotted(path)}: {message}" for path, message in bottlerocket.problems(tree)]


@pytest.mark.parametrize(
    ("config", "what"),
    [
        ({"maxPods": "50"}, 'maxPods: needs a whole number; got "50"; write digits without quotes'),
        ({"maxPods": 5.5}, "maxPods: needs a whole number; got 5.5; write digits"),
        ({"maxPods": True}, "maxPods: needs a whole number; got true"),
        ({"maxPods": 2**31}, "maxPods: is out of range; got 2147483648"),
        ({"maxPod": 5}, "maxPod: is not a field of the kubelet's KubeletConfiguration as of 20"),
        ({"maxPod": 5}, "did you mean maxPods?"),
        ({"max_pods": 5}, "did you mean maxPods?"),
        ({"max-pods": 5}, "did you mean maxPods?"),
        ({"failSwapOn": "false"}, 'failSwapOn: needs true or false; got "false"; write true or false without quotes'),
        ({"shutdownGracePeriod": 30}, "shutdownGracePeriod: needs a duration as text; got 30"),
        ({"shutdownGracePeriod": "30"}, 'shutdownGracePeriod: is not a valid duration; got "30"; write it like 30s'),
        ({"shutdownGracePeriod": "1d"}, 'shutdownGracePeriod: is not a valid duration; got "1d"'),
        ({"kubeReserved": {"cpu": 1}}, "kubeReserved.cpu: needs a quantity as text; got 1"),
        ({"kubeReserved": {"mem": "1Gi"}}, "kubeReserved.mem: is not a field of"),
        ({"systemReserved": {"memory": "1 GB"}}, "is not a valid quantity"),
        ({"evictionHard": {"memory.available": "5 %"}}, "is not a valid threshold"),
        ({"evictionHard": {"memory.free": "5%"}}, "known are allocatableMemory.available, containerfs.available"),
        ({"evictionSoftGracePeriod": {"memory.available": 90}}, "needs a duration as text"),
        ({"cpuManagerPolicy": "Static"}, "did you mean static?"),
        ({"topologyManagerPolicy": "numa"}, "use one of none, best-effort, restricted, single-numa-node"),
        ({"clusterDNS": "10.0.0.10"}, 'clusterDNS: needs a list; got "10.0.0.10"; write ["10.0.0.10"]'),
        ({"featureGates": {"GracefulNodeShutdown": "true"}}, "featureGates.GracefulNodeShutdown: needs true or false"),
        ({"authentication": {"webhok": {}}}, "authentication.webhok: is not a field of"),
        ({"registerWithTaints": [{"key": "a", "effect": "NO_SCHEDULE"}]}, "use one of NoSchedule, PreferNoSchedule"),
        ({"reservedMemory": [{"numaNode": 0, "limits": {"memory": "1GB"}}]}, "reservedMemory[0].limits.memory"),
        ({"logging": {"verbosity": "4"}}, "logging.verbosity: needs a whole number"),
        ({"memorySwap": "LimitedSwap"}, 'memorySwap: needs a mapping; got "LimitedSwap"'),
        ({"maxPods": -1}, "maxPods: is out of range; got -1; use 0 or more"),
        ({"oomScoreAdj": 2000}, "oomScoreAdj: is out of range; got 2000; use -1000 to 1000"),
        ({"containerLogMaxFiles": 1}, "containerLogMaxFiles: is out of range; got 1; use 2 or more"),
        (
            {"imageGCHighThresholdPercent": 60, "imageGCLowThresholdPercent": 70},
            "leaves imageGCHighThresholdPercent not above imageGCLowThresholdPercent; got 60 over 70; write both",
        ),
        ({"imageGCHighThresholdPercent": 75}, "got 75 over 80, its default"),
        ({"imageMaximumGCAge": "1m"}, "must be above imageMinimumGCAge; got 1m beside 2m, its default"),
        (
            {"evictionSoft": {"memory.available": "5%"}},
            'evictionSoft["memory.available"]: has no evictionSoftGracePeriod',
        ),
        ({"evictionSoftGracePeriod": {"memory.available": "1m"}}, "has no evictionSoft; got none"),
        ({"evictionHard": {"memory.available": "101%"}}, 'is more than 100%; got "101%"'),
        (
            {"shutdownGracePeriod": "30s", "shutdownGracePeriodCriticalPods": "1m"},
            "shutdownGracePeriodCriticalPods: is a part of shutdownGracePeriod and cannot be longer; got 1m of 30s",
        ),
        ({"shutdownGracePeriod": "500ms"}, 'is too short; got "500ms"; write 0s, or 1s or more'),
        ({"maxParallelImagePulls": 5, "serializeImagePulls": True}, "needs serializeImagePulls off; got 5 with it on"),
        ({"clusterDNS": ["dns"]}, 'clusterDNS[0]: needs IP addresses; got "dns"'),
        ({"enforceNodeAllocatable": ["pod"]}, 'names nothing that can be enforced; got "pod"'),
        ({"enforceNodeAllocatable": ["kube-reserved"]}, 'needs kubeReservedCgroup; got "kube-reserved" without it'),
    ],
)
def test_what_the_kubelet_would_refuse(config: dict[str, Any], what: str) -> None:
    assert what in "\n".join(kubelet(**config))


@pytest.mark.parametrize(
    "config",
    [
        {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "maxPods": 110},
        {"shutdownGracePeriod": "1h30m", "syncFrequency": "0", "imageMinimumGCAge": "1.5h"},
        {"kubeReserved": {"cpu": "100m", "memory": "1.5Gi", "ephemeral-storage": "1e9", "pid": "1000"}},
        {"evictionHard": {"memory.available": "100Mi", "nodefs.available": "10%", "imagefs.inodesFree": "5.5%"}},
        {"reservedMemory": [{"numaNode": 0, "limits": {"memory": "1Gi", "hugepages-2Mi": 0}}]},
        {"registerWithTaints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]},
        {"logging": {"format": "json", "flushFrequency": "5s", "options": {"json": {"infoBufferSize": "0"}}}},
        {"logging": {"flushFrequency": 5_000_000_000}},
        {"memorySwap": {"swapBehavior": ""}, "podPidsLimit": -1, "memoryThrottlingFactor": 0.9},
        {"featureGates": {"Anything": True}, "topologyManagerPolicyOptions": {"prefer-closest-numa-nodes": "true"}},
        {"cpuManagerPolicyOptions": {"full-pcpus-only": "true"}, "reservedSystemCPUs": "0-1"},
        {"maxPods": 0, "maxParallelImagePulls": 5, "imageGCHighThresholdPercent": 90, "containerLogMaxFiles": 2},
        {"evictionSoft": {"pid.available": "100%"}, "evictionSoftGracePeriod": {"pid.available": "30s"}},
        {"shutdownGracePeriod": "30s", "shutdownGracePeriodCriticalPods": "30s", "clusterDNS": ["fd00::a"]},
        {"enforceNodeAllocatable": ["pods", "system-reserved"], "systemReservedCgroup": "/system.slice"},
    ],
)
def test_what_the_kubelet_takes(config: dict[str, Any]) -> None:
    assert kubelet(**config) == []


@pytest.mark.parametrize(
    ("minor", "flag", "what"),
    [
        (35, "--v=4", None),
        (35, "--node_labels=a=b --max-pods=58", None),
        (35, "--node-labal=a=b", "did you mean node-labels?"),
        (35, "--container-runtime=remote", "is not a field of the kubelet's flags as of "),
        (34, "--pod-infra-container-image=x", None),
        (35, "--pod-infra-container-image=x", "was removed in Kubernetes 1.35, and nodes have 1.35"),
        (None, "--pod-infra-container-image=x", None),
        (99, "--new-in-ninety-nine", None),
    ],
)
def test_flags_of_the_kubelet(minor: int | None, flag: str, what: str | None) -> None:
    found = [message for _, message in node_config.problems({"kubelet": {"flags": [flag]}}, minor)]
    assert (what in "\n".join(found)) if what else not found


@pytest.mark.parametrize(
    ("minor", "config", "what"),
    [
        (32, {"userNamespaces": {"idsPerPod": 65536}}, "exists since Kubernetes 1.33, and nodes have 1.32"),
        (33, {"userNamespaces": {"idsPerPod": 65536}}, None),
        (35, {"memoryReservationPolicy": "None"}, "exists since Kubernetes 1.36, and nodes have 1.35"),
        (None, {"memoryReservationPolicy": "None"}, None),
        (99, {"newInNinetyNine": 1}, None),
        (99, {"maxPods": "1"}, "needs a whole number"),
    ],
)
def test_fields_by_release(minor: int | None, config: dict[str, Any], what: str | None) -> None:
    found = "\n".join(kubelet(minor, **config))
    assert what in found if what else not found


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        ({"kubelt": {}}, "kubelt: is not a field of nodeadm's NodeConfig as of 20"),
        ({"kubelet": {"flags": {"v": "4"}}}, 'kubelet.flags: needs a list; got {"v": "4"}'),
        ({"kubelet": {"flags": ["--v=4", 5]}}, "kubelet.flags[1]: needs text; got 5"),
        (
            {"kubelet": {"flags": ["v=4"]}},
            'kubelet.flags[0]: is not a flag of the kubelet; got "v=4"; write it like --v=4',
        ),
        ({"kubelet": {"maxPods": 5}}, "kubelet.maxPods: is not a field of"),
        ({"instance": {"localStorage": {"strategy": "RAID5"}}}, "use one of RAID0, RAID10, Mount"),
        ({"instance": {"localStorage": {"strategy": "raid0"}}}, "did you mean RAID0?"),
        ({"instance": {"localStorage": {"mountpath": "/x"}}}, "did you mean mountPath?"),
        ({"instance": {"localStorage": {"disabledMounts": ["containerd"]}}}, "did you mean Containerd?"),
        ({"instance": {"environment": {"default": {"A": 1}}}}, "instance.environment.default.A: needs text; got 1"),
        ({"instance": {"network": {"nameservers": "10.0.0.2"}}}, "needs a list"),
        ({"featureGates": {"FastImagePull": "true"}}, "needs true or false"),
        ({"featureGates": {"FastPull": True}}, "did you mean FastImagePull?"),
        ({"containerd": {"config": {"version": 2}}}, "containerd.config: needs text"),
        ({"containerd": {"config": "[plugins"}}, "containerd.config: is not TOML"),
        ({"kubelet": "x"}, "kubelet: needs a mapping"),
        (
            {"kubelet": {"config": {"registerWithTaints": [{"key": "a"}]}}},
            "registerWithTaints[0].effect: is required of a taint",
        ),
        (
            {"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": {"kubelt": {}}},
            ": accepts the content of spec of a NodeConfig; got apiVersion, kind, spec too; write the content of spec",
        ),
    ],
)
def test_what_nodeadm_would_not_use(spec: dict[str, Any], what: str) -> None:
    assert what in "\n".join(told(spec))


@pytest.mark.parametrize(
    "spec",
    [
        {"kubelet": {"flags": ["--v=4", "--node-labels", "a=b", "-v 4"], "maxPodsExpression": "110"}},
        {"instance": {"localStorage": {"strategy": "Mount", "mountPath": "/m", "disabledMounts": ["SOCI"]}}},
        {"instance": {"environment": {"default": {"A": "b"}, "kubelet": {}}, "network": {"domains": ["a.b"]}}},
        {"containerd": {"config": "version = 3\n", "baseRuntimeSpec": {"process": {"rlimits": [{"hard": 1}]}}}},
        {"featureGates": {"InstanceIdNodeName": True, "FastImagePull": False}},
        {"kubelet": {}, "instance": {}},
    ],
)
def test_what_nodeadm_takes(spec: dict[str, Any]) -> None:
    assert told(spec) == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"kernl": {}}, "kernl: is not a field of Bottlerocket's settings as of 20"),
        ({"ecs": {"cluster": "x"}}, "ecs: is not a field of"),
        ({"settings": {"motd": "x"}}, ": accepts the content of settings; got settings itself"),
        ({"kernel": {"lockdown": "strict"}}, "use one of none, integrity, confidentiality"),
        ({"kernel": {"sysctl": {"vm.max_map_count": 262144}}}, 'needs text; got 262144; quote it: "262144"'),
        ({"kubernetes": {"max-pods": "58"}}, "kubernetes.max-pods: needs a whole number"),
        ({"kubernetes": {"max_pods": 58}}, "did you mean max-pods?"),
        (
            {"kubernetes": {"node-labels": {"gpu": True}}},
            'kubernetes.node-labels.gpu: needs text; got true; quote it: "true"',
        ),
        ({"kubernetes": {"node-taints": {"a": {"b": 1}}}}, "kubernetes.node-taints.a: needs text"),
        ({"kubernetes": {"eviction-hard": {"memory.avail": "5%"}}}, "did you mean memory.available?"),
        ({"kubernetes": {"static-pods": {"p": {"enabled": True, "manifest": "{}"}}}}, "manifest: is not base64"),
        ({"container_registry": {"mirrors": [{"registry": "docker.io", "endpoint": "https://m"}]}}, "needs a list"),
        ({"container_registry": {"mirrors": [{"registy": "docker.io"}]}}, "mirrors[0].registy: is not a field of"),
        ({"container_registry": {"mirror": []}}, "did you mean mirrors?"),
        ({"host_containers": {"admin": {"enable": True}}}, "host-containers.admin.enable: is not a field of"),
        ({"bootstrap_containers": {"b": {"mode": "on"}}}, "use one of off, once, always"),
        ({"bootstrap_commands": {"b": {"commands": ["apiclient"]}}}, "commands[0]: needs a list"),
        ({"oci_defaults": {"capabilities": {"sys_admin": True}}}, "did you mean sys-admin?"),
        ({"pki": {"bundle": {"data": "-----BEGIN CERTIFICATE-----"}}}, "pki.bundle.data: is not base64"),
        ({"ntp": {"time-servers": "169.254.169.123"}}, "ntp.time-servers: needs a list"),
        ({"motd": 1}, "motd: needs text"),
        ({"kubernetes": {"image-gc-high-threshold-percent": "85%"}}, "is not a valid share of 0 to 100"),
        ({"kubernetes": {"image-gc-low-threshold-percent": 101}}, "is not a valid share of 0 to 100; got 101"),
        ({"network": {"hosts": {"10.0.0.1": ["a"]}}}, "network.hosts: needs a list"),
        ({"network": {"hosts": [["10.0.0.0/24", ["a"]]]}}, "network.hosts[0]: begins with no IP address"),
        ({"network": {"hosts": [["10.0.0.1", "a"]]}}, "network.hosts[0]: ends with no list of host names"),
        ({"network": {"hosts": ["10.0.0.1"]}}, "network.hosts[0]: needs an address and a list of names"),
        ({"kubernetes": {"node-taints": {"a": ["b:NOSCHEDULE"]}}}, "has no effect that Kubernetes knows"),
        ({"kubernetes": {"cluster-dns-ip": "dns"}}, 'kubernetes.cluster-dns-ip: needs IP addresses; got "dns"'),
        (
            {"kubernetes": {"image-gc-high-threshold-percent": "60", "image-gc-low-threshold-percent": 70}},
            "leaves image-gc-high-threshold-percent not above image-gc-low-threshold-percent; got 60 over 70",
        ),
        ({"kubernetes": {"eviction-soft": {"pid.available": "5%"}}}, "has no eviction-soft-grace-period"),
        (
            {"kubernetes": {"shutdown-grace-period": "1s", "shutdown-grace-period-for-critical-pods": "9s"}},
            "kubernetes.shutdown-grace-period-for-critical-pods: is a part of shutdown-grace-period and",
        ),
    ],
)
def test_what_bottlerocket_would_refuse(fields: dict[str, Any], what: str) -> None:
    assert what in "\n".join(settings(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"container_registry": {"mirrors": [{"registry": "*", "endpoint": ["https://m", "https://n"]}]}},
        {"container_registry": {"mirrors": {"docker.io": ["https://m"]}}},
        {"host_containers": {"admin": {"enabled": True, "superpowered": True, "user-data": "e30=", "source": "a/b:1"}}},
        {"kubernetes": {"node-taints": {"a": "b:NoSchedule", "c": [":NoExecute"]}, "cluster-dns-ip": ["10.0.0.10"]}},
        {"kubernetes": {"cluster-dns-ip": "10.0.0.10", "image-gc-high-threshold-percent": "85"}},
        {"kubernetes": {"memory-manager-reserved-memory": {"0": {"enabled": True, "memory": "1Gi"}}}},
        {"kubernetes": {"cpu-manager-policy-options": ["full-pcpus-only"], "allowed-unsafe-sysctls": ["net.core.*"]}},
        {"kernel": {"hugepages": {"static": {"essential": True, "2Mi": {"count": "512"}}}, "modules": {"x": {}}}},
        {"container_runtime": {"snapshotter": "soci", "concurrent-download-chunk-size": "8mb"}},
        {"network": {"hosts": [["::1", []], ["10.0.0.1", ["db.example.com"]]]}},
        {"kubernetes": {"image-gc-high-threshold-percent": 100, "image-gc-low-threshold-percent": "0"}},
        {"network": {"hosts": [["10.0.0.1", ["a", "b"]]], "https-proxy": "10.0.0.1:3128", "no-proxy": ["a"]}},
        {"boot": {"kernel-parameters": {"slub_debug": ["options,slabs"]}, "init": {"x": []}}},
        {"ntp": {"time-servers": [{"address": "169.254.169.123", "options": ["iburst"]}]}},
        {"oci_defaults": {"resource-limits": {"max-open-files": {"soft-limit": 1024, "hard-limit": "unlimited"}}}},
        {"kubelet_device_plugins": {"nvidia": {"device-list-strategy": ["cdi-cri"], "time-slicing": {"replicas": 2}}}},
        {"image_verifier_plugins": {"enabled": True, "notation": {"trustpolicy": "e30="}}},
        {"updates": {"seed": 1, "ignore-waves": False}, "aws": {"profile": "x"}, "motd": "hello\nworld"},
    ],
)
def test_what_bottlerocket_takes(fields: dict[str, Any]) -> None:
    assert settings(**fields) == []


def test_references_stand_where_a_value_is_asked_for() -> None:
    tree = {"containerd": {"config": {"secret": "a"}}, "kubelet": {"config": {"maxPods": {"config": "n"}}}}
    found = NODEADM.read(tree, node_config.SHAPE)
    assert isinstance(found["containerd"]["config"], Reference)
    assert str(found["containerd"]["config"]) == "{secret: a}"
    assert isinstance(found["kubelet"]["config"]["maxPods"], Reference)
    assert list(NODEADM.problems(found, node_config.SHAPE)) == []
    assert isinstance(BOTTLEROCKET.read({"motd": {"secret": "a"}}, bottlerocket.SHAPE)["motd"], Reference)


def test_a_mapping_that_may_be_settings_is_no_reference() -> None:
    tree = {"containerd": {"config": "x = 1"}, "instance": {"environment": {"default": {"secret": "a"}}}}
    assert NODEADM.read(tree, node_config.SHAPE) == tree
    labels = {"kubernetes": {"node-labels": {"secret": "a"}}}
    assert BOTTLEROCKET.read(labels, bottlerocket.SHAPE) == labels


def test_a_reference_is_read_as_its_field() -> None:
    found = NODEADM.read({"kubelet": {"config": {"maxPods": {"config": "n"}}}}, node_config.SHAPE)
    read = found["kubelet"]["config"]["maxPods"].read
    assert read(5) == 5
    with pytest.raises(ValueError, match="needs a whole number"):
        read("5")


SECRETS = "is a credential in plain text"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        (
            {"container_registry": {"credentials": [{"registry": "a", "password": "hunter2"}]}},
            "credentials[0].password",
        ),
        ({"container_registry": {"creds": [{}, {"registry": "a", "auth": "eDp5"}]}}, "creds[1].auth"),
        ({"container_registry": {"credentials": [{"identitytoken": "x"}]}}, "credentials[0].identitytoken"),
        ({"aws": {"credentials": "eA=="}}, "aws.credentials"),
        ({"kubernetes": {"server-key": "eA==", "bootstrap-token": "a"}}, "kubernetes.server-key"),
    ],
)
def test_credentials_in_plain_text(fields: dict[str, Any], where: str) -> None:
    found = "\n".join(settings(**fields))
    assert f"{where}: {SECRETS}" in found
    assert "hunter2" not in found
    assert "write {secret: key}" in found


@pytest.mark.parametrize(
    "credentials",
    [{"password": "hunter2"}, [{"password": ["hunter2"]}], [{"auth": "hunter2!"}], ["hunter2"], "hunter2"],
)
def test_a_credential_in_the_wrong_form_is_not_repeated(credentials: Any) -> None:
    found = "\n".join(settings(container_registry={"credentials": credentials}))
    assert "; got " in found
    assert "hunter2" not in found


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        (
            {
                "containerd": {
                    "config": '[plugins."io.containerd.grpc.v1.cri".registry.configs."a".auth]\npassword = "x"'
                }
            },
            "containerd.config: holds a credential in plain text; got plugins.io.containerd.grpc.v1.cri.registry",
        ),
        ({"instance": {"environment": {"default": {"A": "AKIAIOSFODNN7EXAMPLE"}}}}, "holds an access key"),
        ({"containerd": {"config": 'x = "-----BEGIN RSA PRIVATE KEY-----"'}}, "or a private key in plain text"),
    ],
)
def test_credentials_in_a_node_config(spec: dict[str, Any], what: str) -> None:
    found = "\n".join(told(spec))
    assert what in found
    assert "AKIA" not in found
