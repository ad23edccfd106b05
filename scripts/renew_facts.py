"""Renew the tables of eks_blueprints/facts from botocore and moto; review the diff before committing.

python scripts/renew_facts.py

EKS's and EC2's own lists of names come from botocore's models. What an instance type has comes from moto, which keeps
the answers of EC2's DescribeInstanceTypes; its older releases still know types that AWS no longer sells in the region
they were taken from. Needs pip and the network.
"""

from __future__ import annotations

import datetime
import gzip
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[1] / "eks_blueprints" / "core" / "facts"
COMMAND = "python scripts/renew_facts.py"
OLDER_MOTO = ("5.0.0", "4.2.0")
EKS_SHAPES = (
    "AMITypes",
    "CapacityTypes",
    "NodegroupUpdateStrategies",
    "RepairAction",
    "ResolveConflicts",
    "TaintEffect",
    "WarmPoolState",
)
COLUMNS = (
    "name",
    "architectures",
    "vcpus",
    "memory_mib",
    "accelerator",
    "accelerator_name",
    "accelerator_count",
    "network_interfaces",
    "addresses_per_interface",
    "storage_gb",
    "efa_cards",
    "flags",
)


def main() -> None:
    """Download the sources and write both tables."""
    with tempfile.TemporaryDirectory() as folder:
        botocore = _download("botocore", Path(folder, "botocore"))
        current = _download("moto", Path(folder, "moto"))
        older = [_download(f"moto=={version}", Path(folder, version)) for version in OLDER_MOTO]
        _write_eks(botocore)
        _write_instance_types(botocore, [current, *older])


def _download(requirement: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), requirement]
    subprocess.run(command, check=True)  # noqa: S603 - the requirements are those above
    (wheel,) = folder.glob("*.whl")
    return wheel


def _write_eks(botocore: Path) -> None:
    shapes = _model(botocore, "eks")["shapes"]
    lines = [*_heading("EKS's own lists of values", f"{_release(botocore)}, model eks"), ""]
    for name in EKS_SHAPES:
        values = "".join(f'    "{value}",\n' for value in shapes[name]["enum"])
        lines.append(f"{name} = [\n{values}]")
    (TABLES / "eks.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_instance_types(botocore: Path, motos: list[Path]) -> None:
    facts: dict[str, dict[str, Any]] = {}
    for wheel in motos:
        facts = _instance_types(wheel) | facts
    names = sorted({*_model(botocore, "ec2")["shapes"]["InstanceType"]["enum"], *_instance_types(motos[0])})
    source = f"{_release(botocore)}, model ec2; {', '.join(_release(wheel) for wheel in motos)}"
    lines = [*_heading("EC2 instance types; one without facts has a name only", source), ",".join(COLUMNS)]
    lines += [",".join(_row(name, facts.get(name))) for name in names]
    (TABLES / "instance_types.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _heading(what: str, source: str) -> list[str]:
    today = datetime.datetime.now(tz=datetime.UTC).date()
    heading = [f"# {what}.", f"# source: {source}", f"# as_of:  {today}"]
    return [*heading, f"# renew:  {COMMAND}", "# needs:  package registries"]


def _model(wheel: Path, service: str) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        found = [name for name in archive.namelist() if name.startswith(f"botocore/data/{service}/20")]
        return _json(archive, max(name for name in found if "/service-2.json" in name))


def _instance_types(wheel: Path) -> dict[str, Any]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if "/ec2/resources/instance_types.json" in name)
        return dict(_json(archive, name))


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    data = archive.read(name)
    return json.loads(gzip.decompress(data) if name.endswith(".gz") else data)


def _release(wheel: Path) -> str:
    name, version, *_ = wheel.name.split("-")
    return f"{name} {version}"


def _row(name: str, facts: dict[str, Any] | None) -> list[str]:
    if facts is None:
        return [name] + [""] * (len(COLUMNS) - 1)
    network = facts["NetworkInfo"]
    cards = {card["NetworkCardIndex"]: card for card in network.get("NetworkCards", ())}
    card = cards.get(network.get("DefaultNetworkCardIndex", 0), network)
    return [
        name,
        " ".join(facts["ProcessorInfo"]["SupportedArchitectures"]),
        str(facts["VCpuInfo"]["DefaultVCpus"]),
        str(facts["MemoryInfo"]["SizeInMiB"]),
        *_accelerator(facts),
        str(card["MaximumNetworkInterfaces"]),
        str(network["Ipv4AddressesPerInterface"]),
        str(facts.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0)),
        _efa_cards(network),
        " ".join(_flags(facts)),
    ]


def _efa_cards(network: dict[str, Any]) -> str:
    """First and last of the network cards that take an EFA interface each, such as `0-31`."""
    most = network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0)
    cards = [card["NetworkCardIndex"] for card in network.get("NetworkCards", ()) if _takes_efa(card)][:most]
    return f"{cards[0]}-{cards[-1]}" if cards else ""


def _takes_efa(card: dict[str, Any]) -> bool:
    return "efa" in card.get("InterfaceTypes", ["efa"])


def _accelerator(facts: dict[str, Any]) -> tuple[str, str, str]:
    for info, devices in (
        ("NeuronInfo", "NeuronDevices"),
        ("GpuInfo", "Gpus"),
        ("InferenceAcceleratorInfo", "Accelerators"),
        ("FpgaInfo", "Fpgas"),
        ("MediaAcceleratorInfo", "Accelerators"),
    ):
        if info in facts:
            device = facts[info][devices][0]
            maker = "neuron" if info == "NeuronInfo" else str(device["Manufacturer"]).lower()
            # A type with a fraction of a GPU has zero whole ones, and pods see one.
            return maker, str(device["Name"]), str(max(1, device["Count"]))
    return "", "", "0"


def _flags(facts: dict[str, Any]) -> Iterator[str]:
    if facts["BareMetal"]:
        yield "bare_metal"
    if facts["BurstablePerformanceSupported"]:
        yield "burstable"
    if facts["HibernationSupported"]:
        yield "hibernation"
    if "spot" in facts["SupportedUsageClasses"]:
        yield "spot"


if __name__ == "__main__":
    main()
