"""Renew the tables of eks_blueprints/core/facts from botocore, moto and Karpenter; review the diff before committing.

python scripts/renew_facts.py

EKS's and EC2's own lists of names come from botocore's models. What an instance type has comes from moto, which keeps
the answers of EC2's DescribeInstanceTypes; its older releases still know types that AWS no longer sells in the region
they were taken from. In which zones a type is offered comes from moto too. Network bandwidth and branch interfaces are
in no API: they come from the tables that Karpenter is released with (the second is that of the VPC resource
controller). Needs pip and the network (the Go module proxy).
"""

from __future__ import annotations

import datetime
import gzip
import io
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zone_offerings

PACKAGE = Path(__file__).parents[1] / "eks_blueprints"
TABLES = PACKAGE / "core" / "facts"
COMMAND = "python scripts/renew_facts.py"
OLDER_MOTO = ("5.0.0", "4.2.0")
KARPENTER = "github.com/aws/karpenter-provider-aws"
BANDWIDTH, LIMITS = (f"pkg/providers/instancetype/zz_generated.{name}.go" for name in ("bandwidth", "vpclimits"))
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
    "gpu_memory_mib",
    "cpu_manufacturer",
    "clock_mhz",
    "hypervisor",
    "ebs_mbps",
    "network_mbps",
    "branch_interfaces",
    "volumes",
    "neuron_cores",
)
OF_XEN = 39
"""Volumes of types on Xen, of which EC2 gives no number of its own; one more, and the root volume is one of them."""
OF_NITRO = 27
"""What EC2 says of types on the Nitro System that share the limit, less one for each disk and accelerator."""


def main() -> None:
    """Download the sources and write both tables."""
    with tempfile.TemporaryDirectory() as folder:
        botocore = _download("botocore", Path(folder, "botocore"))
        current = _download("moto", Path(folder, "moto"))
        older = [_download(f"moto=={version}", Path(folder, version)) for version in OLDER_MOTO]
        _write_eks(botocore)
        _write_instance_types(botocore, [current, *older], *_karpenter())


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


def _karpenter() -> tuple[str, dict[str, str], dict[str, str]]:
    """The release that this package installs, and by instance type its megabits a second and its branch interfaces.

    A bandwidth of `-` is one that AWS gives in words, and that nodes have no label of.
    """
    releases = tomllib.loads((PACKAGE / "karpenter" / "releases.toml").read_text(encoding="utf-8"))
    version = f"v{releases['default']}"
    with urllib.request.urlopen(f"https://proxy.golang.org/{KARPENTER}/@v/{version}.zip") as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    bandwidth, limits = (archive.read(f"{KARPENTER}@{version}/{path}").decode() for path in (BANDWIDTH, LIMITS))
    trunks = re.findall(r'"([a-z0-9.-]+)": \{[^{}]*?IsTrunkingCompatible: +true,\s+BranchInterface: +(\d+)', limits)
    source = f"{KARPENTER} {version}, {BANDWIDTH} and {LIMITS}"
    vague = dict.fromkeys(re.findall(r"// ([a-z0-9.-]+) has vague bandwidth information", bandwidth), "-")
    return source, vague | dict(re.findall(r'^\s+"([a-z0-9.-]+)": +(\d+),$', bandwidth, re.M)), dict(trunks)


def _write_instance_types(
    botocore: Path, motos: list[Path], released: str, bandwidth: dict[str, str], branches: dict[str, str]
) -> None:
    facts: dict[str, dict[str, Any]] = {}
    for wheel in motos:
        facts = _instance_types(wheel) | facts
    names = sorted({*_model(botocore, "ec2")["shapes"]["InstanceType"]["enum"], *_instance_types(motos[0])})
    source = f"{_release(botocore)}, model ec2; {', '.join(_release(wheel) for wheel in motos)}; {released}"
    lines = [*_heading("EC2 instance types; one without facts has a name only", source), ",".join(COLUMNS)]
    own = {name.partition(".")[0] for name, each in facts.items() if _own_limit(each)}
    for name in names:
        row, more = [""] * (len(COLUMNS) - 5), ["", ""]
        if name in facts:
            row, more = _row(facts[name], own), [_volumes(facts[name]), _neuron_cores(facts[name])]
        lines.append(",".join([name, *row, bandwidth.get(name, ""), branches.get(name, ""), *more]))
    (TABLES / "instance_types.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    heading = _heading("Zones, by their ids, in which a region offers EC2 instance types", _release(motos[0]))
    lines = [*heading, zone_offerings.COLUMNS, *zone_offerings.rows(motos[0], names, _json)]
    (TABLES / "zone_offerings.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


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


def _row(facts: dict[str, Any], own: set[str]) -> list[str]:
    network = facts["NetworkInfo"]
    cards = {card["NetworkCardIndex"]: card for card in network.get("NetworkCards", ())}
    card = cards.get(network.get("DefaultNetworkCardIndex", 0), network)
    gpus = facts.get("GpuInfo", {}).get("Gpus", ({},))
    processor = facts["ProcessorInfo"]
    disks = facts["EbsInfo"]
    return [
        " ".join(processor["SupportedArchitectures"]),
        str(facts["VCpuInfo"]["DefaultVCpus"]),
        str(facts["MemoryInfo"]["SizeInMiB"]),
        *_accelerator(facts),
        str(card["MaximumNetworkInterfaces"]),
        str(network["Ipv4AddressesPerInterface"]),
        str(facts.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0)),
        _efa_cards(network),
        " ".join(_flags(facts, own)),
        str(gpus[0].get("MemoryInfo", {}).get("SizeInMiB", "")),
        processor.get("Manufacturer", "").lower(),
        str(round(processor.get("SustainedClockSpeedInGhz", 0) * 1000) or ""),
        facts.get("Hypervisor", ""),
        # Where it is a choice, as in older types, Karpenter does not count on it.
        str(disks.get("EbsOptimizedInfo", {}).get("MaximumBandwidthInMbps", ""))
        if disks["EbsOptimizedSupport"] == "default"
        else "",
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


def _volumes(facts: dict[str, Any]) -> str:
    """Most EBS volumes, the root volume among them; of types that share the limit, interfaces as well."""
    if facts.get("Hypervisor") == "xen":
        return str(OF_XEN)
    others = [] if facts["BareMetal"] else facts.get("InstanceStorageInfo", {}).get("Disks", [])
    others += facts.get("GpuInfo", {}).get("Gpus", [])
    return str(facts["EbsInfo"].get("MaximumEbsAttachments", OF_NITRO - sum(each["Count"] for each in others)))


def _own_limit(facts: dict[str, Any]) -> bool:
    return bool(facts["EbsInfo"].get("AttachmentLimitType") == "dedicated")


def _neuron_cores(facts: dict[str, Any]) -> str:
    devices = facts.get("NeuronInfo", {}).get("NeuronDevices", ())
    return str(sum(each["Count"] * each["CoreInfo"]["Count"] for each in devices) or "")


def _flags(facts: dict[str, Any], own: set[str]) -> Iterator[str]:
    if facts["BareMetal"]:
        yield "bare_metal"
    if facts["BurstablePerformanceSupported"]:
        yield "burstable"
    if facts["HibernationSupported"]:
        yield "hibernation"
    if "spot" in facts["SupportedUsageClasses"]:
        yield "spot"
    if facts.get("InstanceStorageInfo", {}).get("NvmeSupport", "unsupported") != "unsupported":
        yield "nvme"
    if facts["NetworkInfo"].get("EncryptionInTransitSupported"):
        yield "encryption_in_transit"
    if facts.get("NitroEnclavesSupport") == "supported":
        yield "enclaves"
    if any(gpu.get("Count") == 0 for gpu in facts.get("GpuInfo", {}).get("Gpus", ())):
        yield "fraction_of_a_gpu"
    if not facts["CurrentGeneration"]:
        yield "previous"
    # EC2 says of bare metal that it shares the limit where the family does not; the EBS CSI driver knows better.
    if facts["InstanceType"].partition(".")[0] in own or facts.get("Hypervisor") == "xen":
        yield "volumes_of_its_own"


if __name__ == "__main__":
    main()
