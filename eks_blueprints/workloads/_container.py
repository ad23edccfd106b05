"""Containers of a workload, and the forms of what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema, field_validator

from eks_blueprints.core.errors import Faults, Path, nearest, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.json_values import JsonValues, json_values, written
from eks_blueprints.core.spec import In, Many, Reference, Spec, is_output
from eks_blueprints.karpenter.quantities import Quantity, exact
from eks_blueprints.kubernetes.pods import is_whole
from eks_blueprints.workloads._words import by_name, not_an_object, written_as

_SOURCES = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
"""Where Kubernetes takes the value of a variable from. Source: EnvVarSource of core/v1."""

port_name = Form(
    r"(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?",
    what="is not a valid name of a port",
    do="use up to 15 lowercase letters, digits and single dashes, with a letter among them",
)
"""The name of a port, by the rules for IANA service names."""

_PORT = Form(r"([1-9][0-9]{0,4})(?:/(TCP|UDP|SCTP))?")


def port_of(value: int | str) -> tuple[int, str]:
    """The number and the protocol of a port.

    Raises:
        ValueError: if it is none.
    """
    match = _PORT.fullmatch(str(value))
    if match is None or isinstance(value, bool) or int(match[1]) > 65535:
        raise ValueError(f"is not a valid port; got {shown(value)}; write a number up to 65535, or one such as 53/UDP")
    return int(match[1]), match[2] or "TCP"


def port_fields(port: int | str) -> dict[str, str]:
    """What a port of a container or of a Service says besides its number: the protocol, where it is not TCP."""
    protocol = port_of(port)[1]
    return {} if protocol == "TCP" else {"protocol": protocol}


def _port(value: Any) -> Any:
    if not isinstance(value, int | str):
        raise ValueError(f"is not a valid port; got {shown(value)}; write its number, or one such as 53/UDP")
    port_of(value)
    return value


def _ports(ports: dict[str, Any]) -> dict[str, Any]:
    faults = Faults()
    seen: dict[tuple[int, str], str] = {}
    for name, value in ports.items():
        if fault := port_name.fault(name):
            faults.add((name,), fault)
        elif (other := seen.setdefault(port_of(value), name)) != name:
            faults.add((name,), f"is the port {other} too; got {value}; remove one of them")
    faults.raise_if_any()
    return ports


Port = Annotated[
    int | str,
    BeforeValidator(_port),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 65535}, {"type": "string"}]}),
]
Ports = Annotated[dict[str, Port], by_name("{http: 8080}"), AfterValidator(_ports)]
"""Ports by name: a number, or one such as `53/UDP`."""


def _variable(value: Any) -> Any:
    """The value of a variable: text, a reference, or one of Kubernetes' own sources.

    Raises:
        ValueError: if it is neither.
    """
    if isinstance(value, str | Reference) or is_output(value):
        return value
    if isinstance(value, Mapping):
        if (found := Reference.parse(value)) is not None:
            return found
        if len(value) == 1 and set(value) <= set(_SOURCES):
            return json_values(dict(value))
        do = f"write text, {{secret: key}}, {{config: key}}, or one of {', '.join(_SOURCES)}"
        if set(value) <= {"name", "value", "valueFrom"}:
            do = "write what stands in it, without value and valueFrom"
        elif len(value) == 1 and (near := nearest(str(next(iter(value))), _SOURCES)):
            do = f"did you mean {near}?"
        raise ValueError(f"is no value of a variable; got {shown(dict(value))}; {do}")
    if isinstance(value, bool | int | float):
        text = str(value).lower() if isinstance(value, bool) else value
        raise ValueError(f'needs text; got {text}; quote it: "{text}"')
    raise ValueError(f"needs text; got {shown(value)}; write text, or remove it")


Variable = Annotated[
    Any,
    BeforeValidator(_variable),
    PlainSerializer(written, return_type=Any, when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]
"""The value of an environment variable."""


def _variables(env: dict[str, Any]) -> dict[str, Any]:
    faults = Faults()
    for name in env:
        if not name or "=" in name or not name.isprintable() or not name.isascii():
            faults.add((name,), f"is not a valid name of a variable; got {shown(name)}; use letters, digits and _")
    faults.raise_if_any()
    return env


Env = Annotated[dict[str, Variable], by_name("{LEVEL: info}"), AfterValidator(_variables)]


def _probe(value: Any) -> Any:
    """A probe: the path of an HTTP request, or what Kubernetes takes.

    Raises:
        ValueError: if it is neither.
    """
    if isinstance(value, str):
        if not value.startswith("/"):
            do = "write a path such as /healthz, or a mapping such as {tcpSocket: {port: http}}"
            raise ValueError(f"is no path; got {shown(value)}; {do}")
        return value
    if isinstance(value, Mapping):
        if "path" in value:
            do = "write the path alone, or {httpGet: {path: …, port: …}}"
            raise ValueError(f"has its path in httpGet; got {shown(dict(value))}; {do}")
        return json_values(dict(value))
    raise ValueError(f"needs a path or a mapping; got {shown(value)}; write a path such as /healthz")


Probe = Annotated[
    Any,
    BeforeValidator(_probe),
    PlainSerializer(written, return_type=Any, when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]
"""A probe: a path, which is asked for by HTTP on the first port, or a Probe in Kubernetes' own words."""

Resources = dict[str, Quantity]


class Container(Spec):
    """One container of a workload's pods."""

    image: In[str] | None = None
    """Image, with its tag or digest, such as `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4.2`."""

    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    """When the image is pulled. Default: `IfNotPresent`, or `Always` for the tag `latest`."""

    command: Many[In[str]] = ()
    """Command that runs instead of the image's entrypoint."""

    args: Many[In[str]] = ()
    """Arguments of the command, instead of the image's own."""

    env: Env = {}
    """Environment variables by name: text, `{config: key}`, or as in Kubernetes `{secretKeyRef: {name: …, key: …}}`,
    `{configMapKeyRef: …}`, `{fieldRef: …}`, `{resourceFieldRef: …}`. What is `{secret: key}` or an output of another
    stack is put into a Secret, which the container reads.
    """

    env_from: Many[JsonValues] = ()
    """ConfigMaps and Secrets whose keys all become variables, such as `{configMapRef: {name: shared}}`."""

    ports: Ports = {}
    """Ports that it listens on, by name, such as `{http: 8080, dns: 53/UDP}`."""

    requests: Resources = {}
    """Resources reserved for it on a node, such as `{cpu: 250m, memory: 256Mi}`."""

    limits: Resources | None = None
    """Resources that it can use at most. Default: the memory and the devices that it requests, and no limit of
    processors; `{}` for none.
    """

    readiness_probe: Probe | None = None
    """Whether it gets requests: a path such as `/ready`, or a probe as in Kubernetes."""

    liveness_probe: Probe | None = None
    """Whether it is restarted; the same forms."""

    startup_probe: Probe | None = None
    """Until when the other probes wait; the same forms."""

    security_context: JsonValues = {}
    """SecurityContext as in Kubernetes, merged over what `pod_security` says."""

    volume_mounts: Annotated[dict[str, str], by_name("{data: /data}")] = {}
    """Where it mounts volumes of the workload: the path by the volume's name."""

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """Where a further field of a container is written."""
        return written_as(name, (("Container", "pod: {initContainers: [{name: NAME, %s: …}]} of the workload"),))

    @field_validator("image", mode="before")
    @classmethod
    def _is_one_text(cls, value: Any) -> Any:
        return not_an_object(value, "repository tag digest registry", "write one such as example.com/web:1.0")

    @property
    def limits_used(self) -> Mapping[str, str]:
        """What it may use at most."""
        if self.limits is not None:
            return self.limits
        # Of devices and huge pages Kubernetes wants a limit that is equal to the request.
        return {name: most for name, most in self.requests.items() if name == "memory" or is_whole(name)}

    @property
    def kept_apart(self) -> Mapping[str, Any]:
        """Variables whose values stand in a Secret: those that are secret, or may be."""
        return {name: value for name, value in self.env.items() if _may_be_secret(value)}


def _may_be_secret(value: Any) -> bool:
    return is_output(value) or (isinstance(value, Reference) and value.config is None)


def container_faults(container: Container, faults: Faults, at: Path = ()) -> None:
    """Note what is wrong about a container, which stands at a path, that its fields cannot see alone."""
    for resource, least in container.requests.items():
        most = (container.limits or {}).get(resource)
        if most is not None and exact(str(most)) < exact(str(least)):
            faults.add((*at, "limits", resource), f"is below what is requested; got {most} and {least}; raise it")
    if not container.ports:
        for name in ("readiness_probe", "liveness_probe", "startup_probe"):
            if isinstance(getattr(container, name), str):
                faults.add((*at, name), "is a path, which needs a port; got no ports; add ports: {http: 8080}")


class Part(NamedTuple):
    """A part of a container as Kubernetes writes it."""

    at: Path
    value: Any
    field: Path
    """The field that it comes from."""
    as_written: bool = False
    """Whether it is written in the same words there; of a variable, what stands below `valueFrom`."""


def parts(container: Container, name: str, secret_name: str) -> Iterator[Part]:
    """A container as Kubernetes writes it; of lists (`ports`, `env`, `volumeMounts`) entry by entry."""
    yield Part(("name",), name, ())
    simple = {
        "image": ("image", container.image),
        "imagePullPolicy": ("image_pull_policy", container.image_pull_policy),
        "command": ("command", list(container.command)),
        "args": ("args", list(container.args)),
        "envFrom": ("env_from", [dict(each) for each in container.env_from]),
    }
    for word, (field, value) in simple.items():
        if value:
            yield Part((word,), value, (field,), as_written=True)
    for key, port in container.ports.items():
        entry = {"name": key, "containerPort": port_of(port)[0], **port_fields(port)}
        yield Part(("ports", key), entry, ("ports", key))
    for key, value in container.env.items():
        entry = {"name": key, **_value(key, value, container, secret_name)}
        yield Part(("env", key), entry, ("env", key), isinstance(value, Mapping))
    limits_from = "requests" if container.limits is None else "limits"
    for word, field, amounts in (
        ("requests", "requests", container.requests),
        ("limits", limits_from, container.limits_used),
    ):
        if amounts:
            yield Part(("resources", word), dict(amounts), (field,), as_written=True)
    for word in ("startup", "readiness", "liveness"):
        if (probe := getattr(container, f"{word}_probe")) is not None:
            yield Part((f"{word}Probe",), _probed(probe, container), (f"{word}_probe",), not isinstance(probe, str))
    for volume, path in container.volume_mounts.items():
        yield Part(("volumeMounts", volume), {"name": volume, "mountPath": path}, ("volume_mounts", volume))


def _value(name: str, value: Any, container: Container, secret_name: str) -> dict[str, Any]:
    if name in container.kept_apart:
        return {"valueFrom": {"secretKeyRef": {"name": secret_name, "key": name}}}
    return {"valueFrom": dict(value)} if isinstance(value, Mapping) else {"value": value}


def _probed(probe: Any, container: Container) -> Any:
    if isinstance(probe, str):
        return {"httpGet": {"path": probe, "port": next(iter(container.ports))}}
    return dict(probe)
