"""Renews the streams beside this file from the real engine: `python -m tests.review.engine_preview.capture [PYTHON]`.

PYTHON is one with pulumi and pulumi-policy, in which the policy pack runs; without it, the stream with a pack is left
as it is. What differs from machine to machine is taken out, and so is what no preview reads.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eks_blueprints.recording import record_directory
from tests.engine.harness import Engine, Project

HERE = Path(__file__).parent
STREAMS = HERE / "streams"
STACK = "pulumi:pulumi:Stack"

REFUSED = """
import pulumi_aws as aws

vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/33")
aws.ec2.Subnet("net-a", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone="eu-west-1a")
"""
FAILING = """
import pulumi_aws as aws

aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
raise RuntimeError("the license server is down")
"""


def main() -> None:
    """Write every stream, and the plan that was recorded of the same program."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        try:
            shop(engine, Path(sys.argv[1]) if len(sys.argv) > 1 else None)
            failing(engine)
        finally:
            engine.close()


def shop(engine: Engine, python: Path | None) -> None:
    """A stack that is created, changed, and changed for the worse."""
    project = seeded(engine)
    if python is not None:
        project.policy_pack = pack(Path(tempfile.mkdtemp()), python)
        save("policies", project, check=False)
        project.policy_pack = None
    project.up()
    edit = "stacks/prod.yaml"
    project.edit(edit, "instance_types: [t4g.large]", "instance_types: [m7g.large]")
    project.edit(edit, "  kube_proxy: {}\n", "  coredns: {}\n")
    save("changed", project)
    project.edit(edit, 'version: "1.35"', 'version: "1.35"\n  service_ipv4_cidr: 10.96.0.0/16')
    save("cluster", project)


def failing(engine: Engine) -> None:
    """Programs that do not get to their end."""
    save("refused", engine.program(REFUSED), check=False)
    save("failing", engine.program(FAILING), check=False, recorded=False)


def seeded(engine: Engine) -> Project:
    """The shop's stack in an account that has its VPC."""
    project = engine.project(HERE / "project", stack="prod")
    vpc = "vpc-00000000000000001"
    project.seed("aws:ec2/vpc:Vpc", vpc, cidrBlock="10.21.0.0/16")
    for number, zone in ((1, "a"), (2, "b")):
        project.seed(
            "aws:ec2/subnet:Subnet",
            f"subnet-0000000000000000{number}",
            vpcId=vpc,
            cidrBlock=f"10.21.{16 * (number - 1)}.0/20",
            availabilityZone=f"eu-west-1{zone}",
        )
    return project


def pack(folder: Path, python: Path) -> Path:
    """The policy pack, to be run with that Python."""
    shutil.copytree(HERE / "pack", folder / "pack")
    settings = folder / "pack" / "PulumiPolicy.yaml"
    options = {"name": "python", "options": {"virtualenv": str(python.absolute().parent.parent)}}
    settings.write_text(json.dumps({"runtime": options, "version": "1.2.3"}))
    return folder / "pack"


def save(name: str, project: Project, *, check: bool = True, recorded: bool = True) -> None:
    """Preview a project and keep what the engine says."""
    STREAMS.mkdir(exist_ok=True)
    events = project.preview(check=check).events
    text = "".join(json.dumps(each) + "\n" for each in kept(events))
    for place in (project.root, project.root.resolve()):
        text = text.replace(str(place), "/work")
    (STREAMS / f"{name}.jsonl").write_text(text)
    if recorded:
        plan = record_directory(project.folder, project.stack).plan()
        (STREAMS / f"{name}.plan.json").write_text(plan.to_json(positions=False))


def kept(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What a preview reads: no debug messages, no outputs but the stack's, no paths."""
    for whole in events:
        event = {key: value for key, value in whole.items() if key != "timestamp"}
        if found := event.get("diagnosticEvent"):
            lines = found["message"].splitlines(keepends=True)
            found["message"] = "".join(line for line in lines if 'File "/' not in line and "$PATH" not in line)
            if found["severity"] == "debug" or not found["message"].strip():
                continue
        if "resOutputsEvent" in event and event["resOutputsEvent"]["metadata"]["type"] != STACK:
            continue
        if "summaryEvent" in event:
            packs = event["summaryEvent"].get("PolicyPacks") or {}
            event["summaryEvent"]["PolicyPacks"] = {key.rpartition("|")[0]: each for key, each in packs.items()}
        yield event


if __name__ == "__main__":
    main()
