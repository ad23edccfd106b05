"""The kubelet's own settings, which Karpenter passes on as they are.

Source: k8s.io/kubelet v0.37.0, config/v1beta1 (KubeletConfiguration), against which Karpenter 1.15 checks them;
2026-11-29.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from eks_blueprints.core.node_settings.kubelet_rules import NodeAllocatable
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.kubelet_parts import (
    CrashLoopBackOff,
    GoDuration,
    KubeletAuthentication,
    KubeletAuthorization,
    KubeletLogging,
    KubeletTracing,
    MemoryReservation,
    MemorySwap,
    ShutdownGracePeriod,
    UserNamespaces,
)

Count = Annotated[int, Field(ge=0)]
Port = Annotated[int, Field(ge=0, le=65535)]
ImagePullPolicy = Literal["NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages", "AlwaysVerify"]

IRREGULAR = {
    "static_pod_url": "staticPodURL",
    "static_pod_url_header": "staticPodURLHeader",
    "server_tls_bootstrap": "serverTLSBootstrap",
    "registry_pull_qps": "registryPullQPS",
    "event_record_qps": "eventRecordQPS",
    "image_minimum_gc_age": "imageMinimumGCAge",
    "image_maximum_gc_age": "imageMaximumGCAge",
    "cgroups_per_qos": "cgroupsPerQOS",
    "single_process_oom_kill": "singleProcessOOMKill",
    "pod_cidr": "podCIDR",
    "cpu_cfs_quota_period": "cpuCFSQuotaPeriod",
    "kube_api_qps": "kubeAPIQPS",
    "kube_api_burst": "kubeAPIBurst",
    "make_iptables_util_chains": "makeIPTablesUtilChains",
    "reserved_system_cpus": "reservedSystemCPUs",
    "provider_id": "providerID",
}
"""How Kubernetes writes those names that are no plain camelCase."""


class KubeletSettings(Spec):
    """What Karpenter only passes on, to Amazon Linux 2023; since 1.15. Each default is the kubelet's or EKS's own."""

    enable_server: bool | None = None
    """Whether the kubelet answers on its port; without it there are no logs and no exec."""
    static_pod_path: str | None = None
    """Folder or file on the node with static pods."""
    pod_logs_dir: str | None = None
    """Folder of pods' logs."""
    sync_frequency: GoDuration | None = None
    """Longest time between two looks at running pods, such as `1m`."""
    file_check_frequency: GoDuration | None = None
    """Time between two looks for static pods in files."""
    http_check_frequency: GoDuration | None = None
    """Time between two looks for static pods at a URL."""
    static_pod_url: str | None = None
    """URL of static pods."""
    static_pod_url_header: dict[str, Many[str]] | None = None
    """Headers of requests to that URL."""
    address: str | None = None
    """IP address on which the kubelet answers."""
    port: Port | None = None
    """Port on which the kubelet answers."""
    read_only_port: Port | None = None
    """Port on which the kubelet answers without asking who calls; 0 for none."""
    tls_cert_file: str | None = None
    """File with the kubelet's certificate."""
    tls_private_key_file: str | None = None
    """File with the key of that certificate."""
    tls_cipher_suites: Many[str] | None = None
    """Cipher suites that the kubelet offers, by Go's names."""
    tls_curve_preferences: Many[int] | None = None
    """Key exchanges that the kubelet offers, by the numbers that IANA gives them."""
    tls_min_version: Literal["VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"] | None = None
    """Oldest TLS version that the kubelet takes."""
    rotate_certificates: bool | None = None
    """Whether the kubelet renews its client certificate."""
    server_tls_bootstrap: bool | None = None
    """Whether the kubelet asks the API server for its serving certificate."""
    authentication: KubeletAuthentication | None = None
    """How the kubelet tells who calls it."""
    authorization: KubeletAuthorization | None = None
    """How the kubelet decides who may call what."""
    registry_pull_qps: Count | None = None
    """Image pulls per second; 0 for no limit."""
    registry_burst: Count | None = None
    """Image pulls at once beyond that rate."""
    image_pull_credentials_verification_policy: ImagePullPolicy | None = None
    """Whose credentials are checked again for images that are on the node already."""
    preloaded_images_verification_allowlist: Many[str] | None = None
    """Images that are never checked again, with `NeverVerifyAllowlistedImages`."""
    event_record_qps: Count | None = None
    """Events per second; 0 for no limit."""
    event_burst: Count | None = None
    """Events at once beyond that rate."""
    enable_debugging_handlers: bool | None = None
    """Whether the kubelet answers to logs, exec and port-forward."""
    enable_contention_profiling: bool | None = None
    """Whether profiles show what waits for locks."""
    healthz_port: Port | None = None
    """Port of the health check; 0 for none."""
    healthz_bind_address: str | None = None
    """IP address of the health check."""
    oom_score_adj: Annotated[int, Field(ge=-1000, le=1000)] | None = None
    """How early the kernel kills the kubelet when memory runs out."""
    cluster_domain: str | None = None
    """DNS domain of the cluster."""
    streaming_connection_idle_timeout: GoDuration | None = None
    """How long an idle exec or port-forward stays open."""
    node_status_update_frequency: GoDuration | None = None
    """Time between two looks at the node's own status."""
    node_status_report_frequency: GoDuration | None = None
    """Time between two reports of a status that has not changed."""
    node_lease_duration_seconds: Annotated[int, Field(gt=0)] | None = None
    """Seconds that the node's lease lasts."""
    image_minimum_gc_age: GoDuration | None = None
    """Youngest age at which an unused image may be removed."""
    image_maximum_gc_age: GoDuration | None = None
    """Age at which an unused image is removed whatever the disk; `0s` for never."""
    volume_stats_agg_period: GoDuration | None = None
    """Time between two measurements of volumes; negative for none."""
    kubelet_cgroups: str | None = None
    """Control group of the kubelet."""
    system_cgroups: str | None = None
    """Control group of processes that have none."""
    cgroup_root: str | None = None
    """Control group under which pods' are created."""
    cgroups_per_qos: bool | None = None
    """Whether pods' control groups are by class of service."""
    cgroup_driver: Literal["cgroupfs", "systemd"] | None = None
    """The driver that manages control groups."""
    cpu_manager_policy: Literal["none", "static"] | None = None
    """Whether pods that ask for whole processors get them for themselves."""
    single_process_oom_kill: bool | None = None
    """Whether the kernel kills one process of a container, or all."""
    cpu_manager_policy_options: dict[str, str] | None = None
    """Options of the `static` policy, such as `full-pcpus-only: "true"`."""
    cpu_manager_reconcile_period: GoDuration | None = None
    """Time between two looks at who has which processors."""
    memory_manager_policy: Literal["None", "Static"] | None = None
    """Whether pods get memory of one NUMA node."""
    topology_manager_policy: Literal["none", "best-effort", "restricted", "single-numa-node"] | None = None
    """How hard the kubelet tries to keep what a pod uses close together."""
    topology_manager_scope: Literal["container", "pod"] | None = None
    """Whether that is for each container or for the whole pod."""
    topology_manager_policy_options: dict[str, str] | None = None
    """Options of that policy, such as `prefer-closest-numa-nodes: "true"`."""
    qos_reserved: dict[str, str] | None = None
    """Share of memory kept for pods of higher classes of service, such as `memory: 50%`."""
    runtime_request_timeout: GoDuration | None = None
    """Longest that a call to the container runtime may take."""
    hairpin_mode: Literal["promiscuous-bridge", "hairpin-veth", "none"] | None = None
    """How a pod reaches itself by its Service."""
    pod_cidr: str | None = None
    """Range of pods' addresses for a node on its own."""
    pod_pids_limit: int | None = None
    """Most processes of a pod; -1 for the node's own limit."""
    resolv_conf: str | None = None
    """File from which pods take the node's DNS servers."""
    run_once: bool | None = None
    """Whether the kubelet starts its static pods and ends."""
    cpu_cfs_quota_period: GoDuration | None = None
    """Period in which CPU limits are counted, `1ms` to `1s`."""
    node_status_max_images: Annotated[int, Field(ge=-1)] | None = None
    """Most images in the node's status; -1 for all."""
    max_open_files: Count | None = None
    """Most files that the kubelet may have open."""
    content_type: str | None = None
    """Form of calls to the API server."""
    kube_api_qps: Count | None = None
    """Calls to the API server per second."""
    kube_api_burst: Count | None = None
    """Calls to the API server at once beyond that rate."""
    serialize_image_pulls: bool | None = None
    """Whether images are pulled one after the other."""
    max_parallel_image_pulls: Annotated[int, Field(ge=1)] | None = None
    """Most images pulled at once, with `serialize_image_pulls: false`."""
    eviction_pressure_transition_period: GoDuration | None = None
    """How long a node stays marked after pressure has gone."""
    eviction_minimum_reclaim: dict[str, str] | None = None
    """How much each eviction frees at least, by signal, as a quantity or a share."""
    merge_default_eviction_settings: bool | None = None
    """Whether thresholds that are not written keep the kubelet's defaults."""
    enable_controller_attach_detach: bool | None = None
    """Whether the control plane attaches volumes, rather than the kubelet."""
    protect_kernel_defaults: bool | None = None
    """Whether the kubelet refuses to start where kernel settings are not as it wants them."""
    make_iptables_util_chains: bool | None = None
    """Whether the kubelet makes its chains of iptables."""
    iptables_masquerade_bit: Annotated[int, Field(ge=0, le=31)] | None = None
    """Bit by which packets are marked for masquerading. Gone from newer kubelets."""
    iptables_drop_bit: Annotated[int, Field(ge=0, le=31)] | None = None
    """Bit by which packets are marked to be dropped. Gone from newer kubelets."""
    feature_gates: dict[str, bool] | None = None
    """Kubernetes' feature gates of the kubelet, such as `NodeSwap: true`."""
    fail_swap_on: bool | None = None
    """Whether the kubelet refuses to start on a node with swap."""
    memory_swap: MemorySwap | None = None
    """How pods use swap."""
    container_log_max_size: str | None = None
    """Size at which a container's log begins a new file, such as `10Mi`."""
    container_log_max_files: Annotated[int, Field(ge=2)] | None = None
    """Most files of a container's log."""
    container_log_max_workers: Annotated[int, Field(ge=1)] | None = None
    """Most logs turned over at once."""
    container_log_monitor_interval: GoDuration | None = None
    """Time between two looks at the size of logs, at least `3s`."""
    config_map_and_secret_change_detection_strategy: Literal["Get", "Cache", "Watch"] | None = None
    """How changed ConfigMaps and Secrets are noticed."""
    reserved_system_cpus: str | None = None
    """Processors that are kept for the system, such as `0-3`."""
    show_hidden_metrics_for_version: str | None = None
    """Earlier Kubernetes version whose hidden metrics are shown."""
    system_reserved_cgroup: str | None = None
    """Control group on which `system_reserved` is enforced."""
    kube_reserved_cgroup: str | None = None
    """Control group on which `kube_reserved` is enforced."""
    enforce_node_allocatable: Many[NodeAllocatable] | None = None
    """On whom reservations are enforced."""
    allowed_unsafe_sysctls: Many[str] | None = None
    """Kernel parameters that pods may set though they are not safe, such as `net.core.somaxconn`."""
    default_pod_sysctls: dict[str, str] | None = None
    """Kernel parameters that pods have where they set none."""
    volume_plugin_dir: str | None = None
    """Folder of volume plugins."""
    provider_id: str | None = None
    """Name of the node at its provider; it is the instance's own on EKS."""
    kernel_memcg_notification: bool | None = None
    """Whether the kernel tells of memory thresholds."""
    logging: KubeletLogging | None = None
    """How the kubelet logs."""
    enable_system_log_handler: bool | None = None
    """Whether logs of the system can be read by the API."""
    enable_system_log_query: bool | None = None
    """Whether logs of the system can be searched by the API."""
    shutdown_grace_period: GoDuration | None = None
    """How long a shutdown waits for pods."""
    shutdown_grace_period_critical_pods: GoDuration | None = None
    """Part of that time for critical pods, which comes last."""
    shutdown_grace_period_by_pod_priority: Many[ShutdownGracePeriod] | None = None
    """How long a shutdown waits for pods, by their priority."""
    crash_loop_back_off: CrashLoopBackOff | None = None
    """How long a container that keeps failing waits before it starts again."""
    reserved_memory: Many[MemoryReservation] | None = None
    """Memory kept for the system on each NUMA node."""
    enable_profiling_handler: bool | None = None
    """Whether profiles can be read by the API."""
    enable_debug_flags_handler: bool | None = None
    """Whether the level of logs can be changed by the API."""
    seccomp_default: bool | None = None
    """Whether pods have the runtime's seccomp profile where they name none."""
    memory_throttling_factor: Annotated[float, Field(gt=0, le=1)] | None = None
    """Share of a memory limit at which a container is slowed down."""
    memory_reservation_policy: Literal["None", "TieredReservation"] | None = None
    """Whether memory that pods request is kept from being reclaimed."""
    register_node: bool | None = None
    """Whether the kubelet makes its Node object."""
    tracing: KubeletTracing | None = None
    """Traces of the kubelet."""
    local_storage_capacity_isolation: bool | None = None
    """Whether pods' use of the node's disk is counted."""
    container_runtime_endpoint: str | None = None
    """Socket of the container runtime."""
    image_service_endpoint: str | None = None
    """Socket of the image service."""
    fail_cgroup_v1: bool | None = None
    """Whether the kubelet refuses to start on control groups of version 1."""
    user_namespaces: UserNamespaces | None = None
    """User namespaces of pods."""
