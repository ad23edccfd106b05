"""Which pods run on Fargate, and where their logs go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.cluster.durations import Wait
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import RegionalKeyArn
from eks_blueprints.core.naming import LABEL_KEY, LABEL_VALUE
from eks_blueprints.core.spec import In, Spec
from eks_blueprints.core.wildcards import matches
from eks_blueprints.network.spec import RetentionDays

# Quotas of EKS, "Amazon EKS service quotas".
SELECTORS_PER_PROFILE = 5
LABELS_PER_SELECTOR = 5


class ProfileTimeouts(Spec):
    """How long to wait for AWS, each a number with a unit, such as `20m`."""

    create: Wait | None = None
    """For a new profile. Default: the provider's own, 10m."""

    delete: Wait | None = None
    """For the removal. Default: the provider's own, 10m."""


_NAMESPACE = Form(r"[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?")
_LOG_GROUP = Form(r"[A-Za-z0-9_/.#-]{1,512}")
_STREAM_PREFIX = Form(r"[^:*]{1,256}")
_SECTION = re.compile(r"^\s*\[(\w+)\]\s*$", re.MULTILINE)
_NAME = re.compile(r"^\s*name\s+(\S+)", re.MULTILINE | re.IGNORECASE)
_LONGEST = 5300

# What Fluent Bit on Fargate has (EKS user guide, "Start AWS Fargate logging for your cluster").
_OUTPUTS = ("es", "firehose", "kinesis_firehose", "cloudwatch", "cloudwatch_logs", "kinesis")
_FILTERS = ("grep", "parser", "record_modifier", "rewrite_tag", "throttle", "nest", "modify", "kubernetes")


class FargateSelector(Spec):
    """Pods by their namespace and, if given, all of some labels. `*` stands for any text, `?` for one character."""

    namespace: str
    """Namespace, or a pattern such as `dev-*`."""
    labels: dict[str, str] = Field(default={}, max_length=LABELS_PER_SELECTOR)
    """Labels that the pods carry, at most five; keys and values may be patterns. Default: whatever labels."""

    @field_validator("namespace")
    @classmethod
    def _is_namespace(cls, namespace: str) -> str:
        if not _NAMESPACE.fullmatch(namespace):
            do = "use up to 63 lowercase letters, digits and -, with * and ? for any"
            raise ValueError(f"is not a valid name that a namespace can have; got {shown(namespace)}; {do}")
        return namespace

    @field_validator("labels")
    @classmethod
    def _are_labels(cls, labels: dict[str, str]) -> dict[str, str]:
        faults = Faults()
        for key, value in labels.items():
            if not LABEL_KEY.fullmatch(_plain(key)) or not LABEL_VALUE.fullmatch(_plain(value)):
                do = "use letters, digits, -, _ and ., with * and ? for any, or domain/name for the key"
                faults.add((key,), f"is not a label; got {shown(f'{key}: {value}')}; {do}")
        faults.raise_if_any()
        return labels

    def matches(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Whether it selects a pod."""
        return matches(self.namespace, namespace) and all(
            any(matches(key, other) and matches(value, text) for other, text in labels.items())
            for key, value in self.labels.items()
        )

    def inputs(self) -> Any:
        """It as the provider takes it."""
        return {"namespace": self.namespace} | ({"labels": self.labels} if self.labels else {})


class CloudWatchLogs(Spec):
    """Logs of pods on Fargate go to a CloudWatch log group that is created with the profile."""

    log_group_name: str | None = None
    """Name of the group. Default: `/aws/eks/<cluster>/fargate`."""
    log_stream_prefix: str = "fargate-"
    """Start of the names of its streams, one a container."""
    retention_in_days: RetentionDays = 90
    """Days that logs are kept."""
    kms_key_id: In[RegionalKeyArn] | None = None
    """ARN of the KMS key for the logs; its policy must let CloudWatch Logs use it. Default: CloudWatch's own key."""

    @field_validator("log_group_name")
    @classmethod
    def _is_log_group(cls, name: str | None) -> str | None:
        if name is not None and (not _LOG_GROUP.fullmatch(name) or name.startswith("aws/")):
            raise ValueError(
                f"is not a valid name for a log group; got {shown(name)}; use letters, digits and _ / . # -"
            )
        return name

    @field_validator("log_stream_prefix")
    @classmethod
    def _is_prefix(cls, prefix: str) -> str:
        if not _STREAM_PREFIX.fullmatch(prefix):
            raise ValueError(f"cannot start names of streams; got {shown(prefix)}; use 1 to 256 characters but : and *")
        return prefix


class FargateLogging(Spec):
    """Where the logs of all pods on Fargate in the cluster go: Fluent Bit sends them, with nothing to run.

    A cluster has this once. Pods that run already keep what they started with.
    """

    cloudwatch_logs: CloudWatchLogs | None = None
    """Send them to CloudWatch."""
    output_conf: str | None = Field(default=None, min_length=1)
    """`[OUTPUT]` sections of Fluent Bit, instead of cloudwatch_logs. Give the profile's role the permissions by
    `policies`."""
    filters_conf: str | None = Field(default=None, min_length=1)
    """`[FILTER]` sections of Fluent Bit."""
    parsers_conf: str | None = Field(default=None, min_length=1)
    """`[PARSER]` sections of Fluent Bit."""
    flb_log_cw: bool = False
    """Whether Fluent Bit's own log goes to CloudWatch too, for finding out why logs do not arrive; it costs."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if (self.cloudwatch_logs is None) == (self.output_conf is None):
            got = "neither" if self.output_conf is None else "both"
            faults.add((), f"accepts either cloudwatch_logs or output_conf; got {got}; give one")
        self._check("output_conf", "OUTPUT", _OUTPUTS, faults)
        self._check("filters_conf", "FILTER", _FILTERS, faults)
        self._check("parsers_conf", "PARSER", None, faults)
        size = sum(len(text) for text in (self.output_conf, self.filters_conf, self.parsers_conf) if text)
        if size > _LONGEST:
            faults.add((), f"is too long for Fargate; got {size} characters; keep to {_LONGEST}")
        faults.raise_if_any()
        return self

    def _check(
        self,
        field: Literal["output_conf", "filters_conf", "parsers_conf"],
        section: str,
        plugins: tuple[str, ...] | None,
        faults: Faults,
    ) -> None:
        text = getattr(self, field)
        if text is None:
            return
        sections = _SECTION.findall(text)
        for other in sections:
            if other.upper() != section:
                faults.add(field, f"accepts only [{section}] sections; got [{other}]; remove it")
        if not sections:
            faults.add(field, f"has no section; got {shown(text)}; begin with [{section}]")
        for name in _NAME.findall(text):
            if plugins is not None and name.lower() not in plugins:
                do = f"use one of {', '.join(plugins)}"
                faults.add(field, f"names a plugin that Fargate does not have; got {shown(name)}; {do}")


def _plain(pattern: str) -> str:
    return pattern.replace("*", "x").replace("?", "x")
