"""What pods send, and how they are asked for it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from eks_blueprints.core.errors import Faults, nearest, shown
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

    exclude: bool = False
    """Whether they are left out."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        faults = Faults()
        if self.exclude and self.parser is not None:
            faults.add("parser", f"is for logs that are collected; got {self.parser} and exclude: true; remove one")
        faults.raise_if_any()
        return self


def _metrics(value: Any) -> Any:
    """Metrics by their path alone."""
    if isinstance(value, bool):
        if value:
            return {}
        raise ValueError("is where they are read from; got false; remove it, or write observe: {}")
    return {"path": value} if isinstance(value, str) else value


def _logs(value: Any) -> Any:
    """Logs by whether they are collected, or by their parser."""
    if isinstance(value, bool):
        return {"exclude": not value}
    return {"parser": value} if isinstance(value, str) else value


def _traces(value: Any) -> Any:
    if isinstance(value, bool) or value in get_args(Language):
        return value
    known = get_args(Language)
    near = nearest(value, known) if isinstance(value, str) else None
    do = f"did you mean {near}?" if near else f"write true, or one of {', '.join(known)}"
    raise ValueError(f"is neither true nor a language; got {shown(value)}; {do}")


class Observe(Spec):
    """What the pods of a workload send; the platform's add-ons decide how. `{}` for nothing."""

    metrics: Annotated[
        Metrics | None,
        BeforeValidator(_metrics),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "boolean"}, {"type": "null"}]}),
    ] = None
    """Where they serve metrics in Prometheus' format: a path such as `/metrics`, or `{path: …, port: …}`."""

    traces: Annotated[
        Any,
        BeforeValidator(_traces),
        WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": list(get_args(Language))}]}),
    ] = False
    """Whether they send traces by OTLP: `true` for an image that does so itself (OpenTelemetry's SDK), or the language
    (`java`, `nodejs`, `python`, `dotnet`) for one that is instrumented when its pods start."""

    logs: Annotated[
        Logs | None,
        BeforeValidator(_logs),
        WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string"}, {"type": "object"}, {"type": "null"}]}),
    ] = None
    """Whether their logs are collected: `true` for an error if nothing collects them, a parser such as `json` to take
    them apart, `false` to leave them out. Default: whatever the add-ons collect."""
