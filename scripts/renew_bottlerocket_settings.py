"""Writes `eks_blueprints/core/node_settings/bottlerocket.toml` from checkouts of Bottlerocket's settings models.

    python scripts/renew_bottlerocket_settings.py SETTINGS_SDK BOTTLEROCKET

The arguments are directories with github.com/bottlerocket-os/bottlerocket-settings-sdk, whose Rust structs are the
models, and github.com/bottlerocket-os/bottlerocket, which says what settings the variants for EKS have.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

FILE = Path(__file__).parent.parent / "eks_blueprints" / "core" / "node_settings" / "bottlerocket.toml"

Types = dict[str, dict[str, str]]

SCALARS = {
    "bool": "bool",
    "f64": "number",
    "i32": "int32",
    "i64": "int64",
    "u8": "uint8",
    "u16": "uint16",
    "u32": "uint32",
    "NonNegativeInteger": "uint32",
    "KubernetesIdsPerPodValue": "int64",
    "IntegerPercent": "percent",
    "ChunkSize": "int64 | text",
    "EtcHostsEntries": "[hosts]",
    "KubernetesDurationValue": "duration",
    "KubernetesQuantityValue": "quantity",
    "KubernetesThresholdValue": "threshold",
    "MotdV1": "text",
    "PemCertificateString": "base64",
    "ValidBase64": "base64",
    "ValidBase64Json": "base64",
    "ApiclientCommand": "[text]",
}

# Fields that a `deserialize_with` reads, in all the forms that it takes.
READERS = {
    "deserialize_node_taints": "{text | [text]}",
    "deserialize_mirrors": "[RegistryMirrorV1] | {[text]}",
    "deserialize_optional_chunk_size": "int64 | text",
    "deserialize_limit": "int64 | text",
}


def main(sdk: str, bottlerocket: str) -> None:
    """Write the table."""
    models = Path(sdk) / "bottlerocket-settings-models"
    sources = [path.read_text(encoding="utf-8") for path in sorted(models.rglob("src/*.rs"))]
    source = "\n".join(text.partition("#[cfg(test)]\nmod test ")[0] for text in sources)
    enums, structs = _enums(source), _structs(source)
    types: Types = {}
    settings = {}
    for variant in ("aws-k8s", "aws-k8s-nvidia"):
        plugin = Path(bottlerocket) / "sources" / "settings-plugins" / variant / "src" / "lib.rs"
        found = re.findall(r"^    (\w+): bottlerocket_settings_models::(\w+),", plugin.read_text(), re.MULTILINE)
        settings |= {_kebab(name): model for name, model in found}
    types["Settings"] = {name: _shape(model, structs, enums) for name, model in settings.items()}
    wanted = list(_names(types["Settings"]))
    while wanted:
        name = wanted.pop()
        if name in structs and name not in types:
            types[name] = _fields(structs[name], structs, enums)
            wanted += _names(types[name])
    used = {name for fields in types.values() for name in _names(fields)}
    lines = [
        "# Settings of Bottlerocket's variants for Kubernetes on AWS, below `settings`.",
        "",
        'source = "github.com/bottlerocket-os/bottlerocket-settings-sdk bottlerocket-settings-models"',
        *_release(models),
        "",
        "[enums]",
        *(f"{name} = {json.dumps(enums[name])}" for name in sorted(enums.keys() & used)),
    ]
    for name in sorted(types):
        lines += ["", f"[types.{name}]", *(f'{_quoted(key)} = "{shape}"' for key, shape in types[name].items())]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _release(models: Path) -> list[str]:
    text = (models / "CHANGELOG.md").read_text(encoding="utf-8")
    match = re.search(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", text, re.MULTILINE)
    if match is None:
        raise SystemExit("CHANGELOG.md of the settings models names no release")
    return [
        f"as_of = {match[2]}",
        'renew = "python scripts/renew_bottlerocket_settings.py SETTINGS_SDK BOTTLEROCKET"',
        'needs = "clones of bottlerocket-settings-sdk and bottlerocket"',
        f'release = "settings models {match[1]}"',
    ]


def _structs(source: str) -> dict[str, str]:
    found = re.findall(r"^(?:pub )?struct (\w+) \{\n(.*?)^\}", source, re.MULTILINE | re.DOTALL)
    # A struct around one text is that text, with a form of its own.
    return {name: body for name, body in found if not re.fullmatch(r"\s*inner: String,\s*", body)}


def _enums(source: str) -> dict[str, list[str]]:
    """The values of enums without data, and of texts that are compared with `matches!`."""
    enums: dict[str, list[str]] = {}
    pattern = r"(?:#\[serde\(rename_all = \"([\w-]+)\"\)\]\n)?(?:pub )?enum (\w+) \{\n(.*?)^\}"
    for style, name, body in re.findall(pattern, source, re.MULTILINE | re.DOTALL):
        attributes = re.findall(r"((?:^ *#\[.*\]\n)*)^    (\w+),$", body, re.MULTILINE)
        if attributes and not re.search(r"^    \w+\(", body, re.MULTILINE):
            values = []
            for attribute, variant in attributes:
                rename = re.search(r'rename = "([^"]+)"', attribute)
                values.append(rename[1] if rename else _styled(variant, style))
                values += re.findall(r'alias = "([^"]+)"', attribute)
            # `ValidCpuManagerPolicy` holds the values of the text `CpuManagerPolicy`.
            enums[name.removeprefix("Valid")] = values
    if reserved := enums.pop("ReservedResources", None):
        enums["KubernetesReservedResourceKey"] = reserved
    for name, body in re.findall(r"^impl TryFrom<&str> for (\w+) \{\n(.*?)^\}", source, re.MULTILINE | re.DOTALL):
        if values := re.search(r"\bmatches!\(\w+, ((?:\"[^\"]*\"(?: \| )?)+)\),$", body, re.MULTILINE):
            enums[name] = re.findall(r'"([^"]*)"', values[1])
    # An empty text is written as two quotes to the kubelet, and may be said so.
    enums["KubernetesCloudProvider"] = ["aws", "external", "", '""']
    return enums


def _styled(variant: str, style: str) -> str:
    if style == "lowercase":
        return variant.lower()
    return _kebab(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", variant)) if style == "kebab-case" else variant


def _fields(body: str, structs: dict[str, str], enums: dict[str, list[str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    pattern = r"((?:^    #\[serde\((?:.*\)\]|(?:\n        .*)*\n    \)\])\n)?)^    (?:pub )?(\w+): (.+),$"
    for attribute, name, rust in re.findall(pattern, re.sub(r"^ *//.*\n", "", body, flags=re.MULTILINE), re.MULTILINE):
        shape = _shape(rust, structs, enums)
        if "flatten" in attribute:
            fields["*"] = shape
            continue
        if reader := re.search(r'deserialize_with = "(\w+)"', attribute):
            shape = READERS[reader[1]]
        rename = re.search(r'rename = "([^"]+)"', attribute)
        for key in (rename[1] if rename else _kebab(name), *re.findall(r'alias = "([^"]+)"', attribute)):
            fields[key] = shape
    return fields


def _shape(rust: str, structs: dict[str, str], enums: dict[str, list[str]]) -> str:
    if match := re.fullmatch(r"Option<(.+)>", rust):
        return _shape(match[1], structs, enums)
    if match := re.fullmatch(r"Vec<(.+)>", rust):
        return f"[{_shape(match[1], structs, enums)}]"
    if match := re.fullmatch(r"(?:Hash|BTree)Map<(\w+), (.+)>", rust):
        key = f"{match[1]}: " if match[1] in enums else ""
        return f"{{{key}{_shape(match[2], structs, enums)}}}"
    if rust.startswith("BoundedI32<"):
        return "int32"
    if rust in SCALARS:
        return SCALARS[rust]
    if rust == "EnvVarMap":
        return "{text}"
    if rust == "KubernetesClusterDnsIp":
        return "text | [text]"
    if rust == "NvidiaDeviceListStrategy":
        return "NvidiaDeviceListStrategyValues | [NvidiaDeviceListStrategyValues]"
    if rust == "NtpTimeServers":
        return "[text] | [NtpTimeServer] | {NtpTimeServer}"
    if rust in structs:
        # A struct around one map is read as that map.
        whole = re.fullmatch(r"\s*(?:pub )?\w+: ((?:Hash|BTree)Map<.+>),\s*", structs[rust])
        if whole and rust.endswith("SettingsV1"):
            return _shape(whole[1], structs, enums)
        return rust
    return rust if rust in enums else "text"


def _names(fields: dict[str, str]) -> list[str]:
    return [word for shape in fields.values() for word in re.findall(r"[A-Z]\w+", shape)]


def _kebab(name: str) -> str:
    return name.replace("_", "-").lower()


def _quoted(key: str) -> str:
    return f'"{key}"' if key == "*" else key


if __name__ == "__main__":
    main(*sys.argv[1:3])
