"""What pods send, and how they are asked for it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from eks_blueprints.core.errors import shown
from eks_blueprints.core.spec import Spec

Language = Literal["java", "nodejs", "python", "dotnet"]


class Metrics(Spec):
    """Where the main container serves metrics in Prometheus' format."""

    path: str = "/metrics"
    """Path that they are read from."""

    port: str | None = None
    """Name of the port. Default: the first port of the container."""

    interval_seconds: int | None = Field(default=None, ge=5, le=3600)
    """Seconds between two readings. Default: Prometheus' own, 30."""

    @field_validator("path")
    @classmethod
    def _is_a_path(cls, path: str) -> str:
        if not path.startswith("/"):
            raise ValueError(f"is no path; got {shown(path)}; write one such as /metrics")
        return path


class Logs(Spec):
    """What is done with what the containers write to stdout and stderr."""

    parser: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.-]{1,128}$")
    """Fluent Bit's parser for the lines, such as `json`. Default: they are kept as they are."""


def _metrics(value: Any) -> Any:
    """Metrics by their path alone."""
    if isinstance(value, bool):
        if value:
            return {}
        raise ValueError("is where they are read from; got false; remove it, or write observe: {}")
    return {"path": value} if isinstance(value, str) else value


def _logs(value: Any) -> Any:
    return {} if value is True else value


class Observe(Spec):
    """What the pods of a workload send; the platform's add-ons decide how. `{}` for nothing."""

    metrics: Annotated[
        Metrics | None,
        BeforeValidator(_metrics),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "boolean"}, {"type": "null"}]}),
    ] = None
    """Where they serve metrics in Prometheus' format: a path such as `/metrics`, or `{path: …, port: …}`."""

    traces: bool | Language = False
    """Whether they send traces by OTLP: `true` for an image that does so itself (OpenTelemetry's SDK), or the language
    (`java`, `nodejs`, `python`, `dotnet`) for one that is instrumented when its pods start."""

    logs: Annotated[
        Logs | Literal[False] | None,
        BeforeValidator(_logs),
        WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "object"}, {"type": "null"}]}),
    ] = None
    """Whether their logs are collected: `true` for an error if nothing collects them, `{parser: json}` to take them
    apart, `false` to leave them out. Default: whatever the add-ons collect."""
