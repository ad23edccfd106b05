"""A stand-in account in which resources exist already, as an importer found them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from eks_blueprints.lifecycle.importers.found.adoption import Judged, read_inputs
from eks_blueprints.lifecycle.importers.found.model import Found

from .harness import Project
from .standins.account import Row

REGION = "eu-west-1"
ROLE = re.compile(r"arn:aws:iam::\d+:role/[\w-]+")
SERVICES = {
    "fargate": "eks-fargate-pods",
    "Controller": "pods.eks",
    "ebs-csi": "pods.eks",
    "cluster": "eks",
    "eksRole": "eks",
}


def hold(project: Project, judged: Judged, resources: Iterable[Found]) -> None:
    """Let resources exist: an import reads them by their ids.

    The real provider keeps the value of a nested property that AWS computes and a program does not give; the stand-in
    knows of no such property, and would take its absence for a change.
    """
    planned = {(each.type, each.name): each for each in judged.plan.resources}
    inputs = {id(each.found): read_inputs(each.found, planned[key]) for key, each in judged.taken.items()}
    for each in resources:
        if each.id is not None:
            scope = "global" if each.type.startswith("aws:iam/") else REGION
            given = inputs.get(id(each), each.inputs)
            nested = {key: {**value, **each.get(key, {})} for key, value in given.items() if isinstance(value, dict)}
            row = Row(
                each.id, each.type, scope, given, {**given, **each.properties, **nested, "id": each.id}, origin="seed"
            )
            project.account.add(row)


def hold_named(project: Project, text: str) -> None:
    """Let exist what a stack file names by id: roles, launch templates, and subnets, one a zone."""
    for arn in sorted(set(ROLE.findall(text))):
        name = arn.rpartition("/")[2]
        service = next((each for mark, each in SERVICES.items() if mark in name), "ec2")
        trust = {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Principal": {"Service": f"{service}.amazonaws.com"},
        }
        inputs = {"name": name, "assumeRolePolicy": json.dumps({"Version": "2012-10-17", "Statement": [trust]})}
        _add(project, name, "aws:iam/role:Role", inputs, {"arn": arn})
    for id_ in sorted(set(re.findall(r"lt-[0-9a-f]+", text))):
        _add(
            project,
            id_,
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"name": id_},
            {"latestVersion": 9, "defaultVersion": 9},
        )
    for id_ in sorted(set(re.findall(r"subnet-[0-9a-f]+", text))):
        number = int(id_[8], 16)
        place = {
            "vpcId": "vpc-0aaaaaaaaaaaaaaaa",
            "availabilityZone": f"{REGION}{id_[8]}",
            "cidrBlock": f"10.0.{number}.0/24",
        }
        _add(project, id_, "aws:ec2/subnet:Subnet", place, {})


def _add(project: Project, id_: str, type_: str, inputs: dict[str, Any], outputs: Any) -> None:
    scope = "global" if type_.startswith("aws:iam/") else REGION
    if project.account.find(type_, id_) is None:
        project.account.add(Row(id_, type_, scope, inputs, {**inputs, **outputs, "id": id_}, origin="seed"))
