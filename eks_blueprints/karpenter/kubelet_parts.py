"""Parts of the kubelet's settings that have fields of their own.

Source: k8s.io/kubelet v0.37.0, config/v1beta1, and k8s.io/component-base, logs/api/v1 and tracing/api/v1; 2026-11-29.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.durations import go_duration
from eks_blueprints.karpenter.quantities import Quantity

GoDuration = Annotated[str, AfterValidator(go_duration)]
"""A duration in any form that Go reads, such as `1m30s` or `500ms`."""

IRREGULAR = {
    "cache_authorized_ttl": "cacheAuthorizedTTL",
    "cache_ttl": "cacheTTL",
    "cache_unauthorized_ttl": "cacheUnauthorizedTTL",
    "client_ca_file": "clientCAFile",
}
"""How Kubernetes writes those names that are no plain camelCase."""


class X509Authentication(Spec):
    """Callers with client certificates."""

    client_ca_file: str | None = None
    """File with the certificates of those who may sign them."""


class WebhookAuthentication(Spec):
    """Callers with tokens, which the API server knows."""

    enabled: bool | None = None
    """Whether the API server is asked."""
    cache_ttl: GoDuration | None = None
    """How long its answer is cached."""


class AnonymousAuthentication(Spec):
    """Callers who do not say who they are."""

    enabled: bool | None = None
    """Whether they are let in, as `system:anonymous`."""


class KubeletAuthentication(Spec):
    """How the kubelet tells who calls it."""

    x509: X509Authentication | None = None
    """By client certificates."""
    webhook: WebhookAuthentication | None = None
    """By tokens."""
    anonymous: AnonymousAuthentication | None = None
    """Not at all."""


class WebhookAuthorization(Spec):
    """How long the API server's answers hold."""

    cache_authorized_ttl: GoDuration | None = None
    """How long a positive answer is cached."""
    cache_unauthorized_ttl: GoDuration | None = None
    """How long a negative answer is cached."""


class KubeletAuthorization(Spec):
    """How the kubelet decides who may call what."""

    mode: Literal["AlwaysAllow", "Webhook"] | None = None
    """Whether everyone may call it, or the API server is asked."""
    webhook: WebhookAuthorization | None = None
    """How long the API server's answers hold."""


class MemorySwap(Spec):
    """How pods use swap."""

    swap_behavior: Literal["NoSwap", "LimitedSwap"] | None = None
    """Whether pods get none, or a share by the memory that they request."""


class ShutdownGracePeriod(Spec):
    """How long a shutdown waits for pods of a priority, and of higher ones up to the next entry."""

    priority: int
    """Lowest priority of these pods."""
    shutdown_grace_period_seconds: Annotated[int, Field(ge=0)]
    """Seconds that they get."""


class CrashLoopBackOff(Spec):
    """How long a container that keeps failing waits before it starts again."""

    max_container_restart_period: GoDuration | None = None
    """Longest wait, `1s` to `300s`."""


class MemoryReservation(Spec):
    """Memory kept for the system on one NUMA node."""

    numa_node: Annotated[int, Field(ge=0)]
    """Number of the NUMA node."""
    limits: dict[str, Quantity]
    """How much of `memory`, and of huge pages such as `hugepages-2Mi`."""


class UserNamespaces(Spec):
    """User namespaces of pods."""

    ids_per_pod: Annotated[int, Field(gt=0, multiple_of=65536)] | None = None
    """User ids that each pod gets, a multiple of 65,536."""


class KubeletTracing(Spec):
    """Traces of the kubelet."""

    endpoint: str | None = None
    """Address of the collector. Default: localhost:4317."""
    sampling_rate_per_million: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """How many of a million are recorded. Default: 0."""


class VerbosityOfFiles(Spec):
    """How much is logged from some source files."""

    file_pattern: str
    """Names of the files, without `.go`; `*` for any text."""
    verbosity: Annotated[int, Field(ge=0)]
    """Level of their logs."""


class LogStream(Spec):
    """Where logs of one form go."""

    split_stream: bool | None = None
    """Whether errors go to one stream and the rest to another."""
    info_buffer_size: Quantity | None = None
    """Size of the buffer of the rest, such as `64Ki`. Default: 0, none."""


class KubeletLogging(Spec):
    """How the kubelet logs."""

    format: Literal["text", "json"] | None = None
    """Form of the logs. Default: text."""
    flush_frequency: GoDuration | None = None
    """Longest that a line may wait to be written. Default: 5s."""
    verbosity: Annotated[int, Field(ge=0)] | None = None
    """Level of the logs: 0 the least, 2 as usual, 10 the most."""
    vmodule: Many[VerbosityOfFiles] = ()
    """Levels of single source files, with text logs."""
    options: dict[Literal["text", "json"], LogStream] = {}
    """Where the logs go, by their form."""
