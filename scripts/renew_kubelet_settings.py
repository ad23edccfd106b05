"""Writes `kubelet.toml` and `nodeadm.toml` of `eks_blueprints/core/node_settings/` from checkouts of their Go types.

    python scripts/renew_kubelet_settings.py KUBELET COMPONENT_BASE AMAZON_EKS_AMI

The arguments are clones, with tags, of github.com/kubernetes/kubelet, github.com/kubernetes/component-base and
github.com/awslabs/amazon-eks-ami.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

OUT = Path(__file__).parent.parent / "eks_blueprints" / "core" / "node_settings"
OLDEST = 31  # the oldest minor of Kubernetes that EKS may still run when this was written

Fields = dict[str, str]
Types = dict[str, Fields]

SCALARS = {
    "string": "text",
    "bool": "bool",
    "int": "int64",
    "int32": "int32",
    "int64": "int64",
    "uint32": "uint32",
    "float64": "number",
    "[]byte": "base64",
    "metav1.Duration": "duration",
    "runtime.RawExtension": "any",
    "resource.QuantityValue": "quantity | number",
    "TimeOrMetaDuration": "duration | int64",
    "VerbosityLevel": "uint32",
    "VModuleConfiguration": "[VModuleItem]",
    "logsapi.LoggingConfiguration": "LoggingConfiguration",
    "tracingapi.TracingConfiguration": "TracingConfiguration",
    "v1.Taint": "Taint",
    "v1.ResourceList": "{quantity | number}",
    "EnvironmentOptions": "{{text}}",
}

# Fields of plain text whose values validation.go of the kubelet lists, and the cipher suites and versions of Go.
VALUES: dict[str, list[str]] = {
    "authorization.mode": ["AlwaysAllow", "Webhook"],
    "cgroupDriver": ["cgroupfs", "systemd"],
    "cpuManagerPolicy": ["none", "static"],
    "hairpinMode": ["hairpin-veth", "promiscuous-bridge", "none"],
    "memoryManagerPolicy": ["None", "Static"],
    "swapBehavior": ["", "NoSwap", "LimitedSwap"],
    "tlsMinVersion": ["VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"],
    "topologyManagerPolicy": ["none", "best-effort", "restricted", "single-numa-node"],
    "topologyManagerScope": ["container", "pod"],
}

# Maps of text whose entries the kubelet reads, as its own code does (pkg/kubelet/eviction/helpers.go, cmd/kubelet/app).
ENTRIES: dict[str, str] = {
    "containerLogMaxSize": "quantity",
    "evictionHard": "{EvictionSignal: threshold}",
    "evictionMinimumReclaim": "{EvictionSignal: threshold}",
    "evictionSoft": "{EvictionSignal: threshold}",
    "evictionSoftGracePeriod": "{EvictionSignal: duration}",
    "kubeReserved": "{ReservedResource: quantity}",
    "systemReserved": "{ReservedResource: quantity}",
}
KEYS = {
    "EvictionSignal": [
        "memory.available",
        "nodefs.available",
        "nodefs.inodesFree",
        "imagefs.available",
        "imagefs.inodesFree",
        "containerfs.available",
        "containerfs.inodesFree",
        "allocatableMemory.available",
        "pid.available",
    ],
    "ReservedResource": ["cpu", "memory", "ephemeral-storage", "pid"],
}

# k8s.io/api/core/v1, which nothing else is read from.
TAINT = {"key": "text", "value": "text", "effect": "TaintEffect", "timeAdded": "text"}
TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"]


def main(kubelet: str, component_base: str, ami: str) -> None:
    """Write both tables."""
    _kubelet(kubelet, component_base)
    _nodeadm(ami)


def _kubelet(kubelet: str, component_base: str) -> None:
    tags = _newest_of_each_minor(kubelet)
    releases: dict[int, Types] = {}
    enums: dict[str, list[str]] = {"TaintEffect": TAINT_EFFECTS}
    for minor, tag in tags.items():
        source = _show(kubelet, tag, "config/v1beta1/types.go")
        for path in ("logs/api/v1/types.go", "tracing/api/v1/types.go"):
            source += _show(component_base, tag, path)
        releases[minor], found = _parsed(source)
        enums |= found
        releases[minor]["Taint"] = TAINT
        releases[minor]["KubeletConfiguration"] |= {"apiVersion": "text", "kind": "text"}
    newest = max(tags)
    types = _reachable("KubeletConfiguration", _over_releases(releases), enums)
    for fields in types.values():
        for name in fields.keys() & VALUES.keys():
            fields[name] = fields[name].replace("text", name[:1].upper() + name[1:], 1)
            enums[name[:1].upper() + name[1:]] = VALUES[name]
    types["KubeletConfiguration"] |= ENTRIES
    enums |= KEYS
    head = {
        "source": "github.com/kubernetes/kubelet config/v1beta1/types.go and github.com/kubernetes/component-base",
        "date": _date(kubelet, tags[newest]),
        "release": f"Kubernetes 1.{newest}",
        "newest": newest,
    }
    about = "Fields of KubeletConfiguration v1beta1; `since` and `until` name minors of Kubernetes 1."
    _write("kubelet.toml", about, head, types, enums)


def _nodeadm(ami: str) -> None:
    types, enums = _parsed(_show(ami, "HEAD", "nodeadm/api/v1alpha1/nodeconfig_types.go"))
    types["KubeletOptions"]["config"] = "KubeletConfiguration"
    release = re.search(r"v\d{8}", _show(ami, "HEAD", "CHANGELOG.md"))
    head = {
        "source": "github.com/awslabs/amazon-eks-ami nodeadm/api/v1alpha1/nodeconfig_types.go",
        "date": _date(ami, "HEAD"),
        "release": f"nodeadm of {release[0] if release else _date(ami, 'HEAD')}",
    }
    about = "Fields of nodeadm's NodeConfig v1alpha1, below `spec`; KubeletConfiguration is in kubelet.toml."
    _write("nodeadm.toml", about, head, _reachable("NodeConfigSpec", types, enums), enums)


def _parsed(source: str) -> tuple[Types, dict[str, list[str]]]:
    """The structs of a Go file with their fields in JSON, and the values of its string types."""
    types: Types = {}
    embedded: list[tuple[str, str]] = []
    for name, body in re.findall(r"^type (\w+) struct \{\n(.*?)^\}", source, re.MULTILINE | re.DOTALL):
        fields = types.setdefault(name, {})
        for go, tag in re.findall(r"^\t(?:\w+\s+)?(\S+)\s+`json:\"([^\"]*)\"", body, re.MULTILINE):
            key = tag.partition(",")[0]
            if key and key != "-":
                fields[key] = _shape(go)
            elif not key:
                embedded.append((name, go))
    for name, other in embedded:
        types[name] |= types.get(other, {})
    enums: dict[str, list[str]] = {}
    for kind, value in re.findall(r"^\s+\w+ (\w+) = \"([^\"]+)\"", source, re.MULTILINE):
        enums.setdefault(kind, []).append(value)
    for values, kind in re.findall(r"\+kubebuilder:validation:Enum=\{(.*?)\}\ntype (\w+) string", source):
        enums[kind] = [value.strip() for value in values.split(",")]
    return types, enums


def _shape(go: str) -> str:
    go = go.removeprefix("*")
    if go in SCALARS:
        return SCALARS[go]
    if go.startswith("[]"):
        return f"[{_shape(go[2:])}]"
    if match := re.fullmatch(r"map\[(\w+)\](.+)", go):
        key = "" if match[1] == "string" else f"{match[1]}: "
        return f"{{{key}{_shape(match[2])}}}"
    return go


def _over_releases(releases: Mapping[int, Types]) -> Types:
    """The fields of all releases, each with the ones that it came and went with."""
    merged: Types = {}
    for minor in sorted(releases):
        for name, fields in releases[minor].items():
            merged.setdefault(name, {}).update(fields)
    for name, fields in merged.items():
        for field, shape in fields.items():
            known = [minor for minor in releases if field in releases[minor].get(name, {})]
            since = f" since {min(known)}" if min(known) > min(releases) else ""
            until = f" until {max(known)}" if max(known) < max(releases) else ""
            fields[field] = shape + since + until
    return merged


def _reachable(root: str, types: Types, enums: dict[str, list[str]]) -> Types:
    found: Types = {}
    wanted = [root]
    while wanted:
        name = wanted.pop()
        if name in types and name not in found:
            found[name] = types[name]
            wanted += [word for shape in types[name].values() for word in re.findall(r"[A-Z]\w+", shape)]
    used = {word for fields in found.values() for shape in fields.values() for word in re.findall(r"[A-Z]\w+", shape)}
    for name in enums.keys() - used:
        del enums[name]
    return found


def _newest_of_each_minor(checkout: str) -> dict[int, str]:
    newest: dict[int, str] = {}
    for tag in _git(checkout, "tag", "--sort=version:refname").split():
        if (match := re.fullmatch(r"v0\.(\d+)\.\d+", tag)) and int(match[1]) >= OLDEST:
            newest[int(match[1])] = tag
    return newest


def _write(name: str, about: str, head: Mapping[str, object], types: Types, enums: Mapping[str, list[str]]) -> None:
    lines = [f"# {about}", f"# Renew: python {Path(__file__).parent.name}/{Path(__file__).name}, see there", ""]
    for key, value in head.items():
        lines.append(f"{key} = {value}" if key in ("date", "newest") else f'{key} = "{value}"')
    lines += ["", "[enums]"]
    lines += [f"{kind} = {json.dumps(enums[kind])}" for kind in sorted(enums)]
    for kind in sorted(types):
        lines += ["", f"[types.{kind}]"]
        lines += [f'{field} = "{shape}"' for field, shape in types[kind].items()]
    (OUT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _show(checkout: str, revision: str, path: str) -> str:
    return _git(checkout, "show", f"{revision}:{path}")


def _date(checkout: str, revision: str) -> str:
    return _git(checkout, "log", "-1", "--format=%cs", revision).strip()


def _git(checkout: str, *arguments: str) -> str:
    command = ["git", "-C", checkout, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


if __name__ == "__main__":
    main(*sys.argv[1:4])
