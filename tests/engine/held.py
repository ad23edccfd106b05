"""A stand-in account in which resources exist already, as an importer found them."""

from __future__ import annotations

from collections.abc import Iterable

from eks_blueprints.lifecycle.importers.found.model import Found

from .harness import Project
from .standins.account import Row

GLOBAL = ("aws:iam/",)


def hold(project: Project, resources: Iterable[Found]) -> None:
    """Let resources exist: an import reads them by their ids."""
    for each in resources:
        if each.id is None:
            continue
        scope = "global" if each.type.startswith(GLOBAL) else "eu-west-1"
        outputs = {key: value for key, value in each.properties.items() if value is not None}
        project.account.add(Row(each.id, each.type, scope, each.inputs, {**outputs, "id": each.id}, origin="seed"))


def hold_roles(project: Project, arns: Iterable[str], service: str = "ec2.amazonaws.com") -> None:
    """Let roles exist that services of AWS may take on."""
    for arn in arns:
        name = arn.rpartition("/")[2]
        trust = f'{{"Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"Service": "{service}"}}}}]}}'
        row = {"name": name, "assumeRolePolicy": trust}
        project.account.add(Row(name, "aws:iam/role:Role", "global", row, {**row, "arn": arn, "id": name}, origin="seed"))
