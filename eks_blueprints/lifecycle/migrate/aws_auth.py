"""The ConfigMap `aws-auth` to access entries: an entry for each of its rows, then EKS stops reading it.

Sources: EKS user guide, "Change authentication mode to use access entries", "Migrating existing aws-auth ConfigMap
entries to access entries" and "Create access entries".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.document import read
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.yaml_text import YAMLError, load
from eks_blueprints.lifecycle.migrate.data import inside, slug
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_BOTH = "API_AND_CONFIG_MAP"
_MASTERS = "system:masters"
_NODES = frozenset({"system:nodes", "system:bootstrappers", "system:node-proxier", "eks:kube-proxy-windows"})
"""Groups of nodes, whose entries are of a type of their own."""
_RESERVED = ("system:", "eks:", "aws:", "amazon:", "iam:")
"""How names begin that EKS refuses in entries."""
_SSO = re.compile(r"(arn:[\w-]+:iam::\d+:role/)(AWSReservedSSO_[\w+=,.@-]+)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the ConfigMap."""

    place: str
    arn: str
    username: str
    groups: tuple[str, ...]

    @property
    def of_nodes(self) -> bool:
        """Whether it lets nodes join."""
        return bool(_NODES & set(self.groups))

    def entry(self) -> Data | None:
        """Its access entry; None where none can say it."""
        own = [group for group in self.groups if group != _MASTERS]
        if self.of_nodes or _SSO.fullmatch(self.arn) or any(group.startswith(_RESERVED) for group in own):
            return None
        found: Data = {"principal_arn": self.arn}
        if self.username and not self.username.startswith(_RESERVED) and self.username != self.arn:
            found["user_name"] = self.username
        if own:
            found["kubernetes_groups"] = own
        if _MASTERS in self.groups:
            found["policies"] = [{"policy": "cluster_admin"}]
        return found

    def left(self) -> str:
        """Why it has no entry, and what to do."""
        if self.of_nodes:
            return (
                f"is a role of nodes, {self.arn}: EKS has entries for managed groups and Fargate, and this package for "
                "its other nodes; for nodes made elsewhere write an entry with type: EC2_LINUX"
            )
        if found := _SSO.fullmatch(self.arn):
            return (
                f"is a role of IAM Identity Center, {self.arn}, whose path the ConfigMap leaves out and an entry "
                f"needs: write an entry with the ARN that aws iam get-role --role-name {found[2]} prints"
            )
        refused = ", ".join(group for group in self.groups if group.startswith(_RESERVED) and group != _MASTERS)
        return (
            f"gives {self.arn} the group {refused}, which EKS refuses in entries: bind a group of your own to the same "
            "role, and write an entry with it"
        )


def rows(file: FilePath) -> Iterator[Row]:
    """The rows of the ConfigMap.

    Raises:
        InputError: if the file is not that ConfigMap.
    """
    document = read(file, str(file))
    data = document.data.get("data") if isinstance(document.data, dict) else None
    name = (document.data.get("metadata") or {}).get("name") if isinstance(document.data, dict) else None
    if name != "aws-auth" or not isinstance(data, dict):
        do = "write it with kubectl get configmap aws-auth -n kube-system -o yaml"
        raise InputError(
            [Problem((), f"is not the ConfigMap aws-auth; got {name or 'another object'}; {do}", str(file))]
        )
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    for key, arn in (("mapRoles", "rolearn"), ("mapUsers", "userarn")):
        text = data.get(key)
        if not text:
            continue
        start = place.line if (place := document.place(("data", key), of_key=True)) else 1
        for index, row in enumerate(_listed(str(text), key, file, start)):
            if not isinstance(row, dict) or not isinstance(row.get(arn), str):
                message = f"needs {arn} in each row; got row {index + 1} without; mend the ConfigMap"
                raise InputError([Problem(("data", key), message, str(file), start)])
            groups = tuple(str(each) for each in row.get("groups") or ())
            line = next((n for n, each in enumerate(lines, 1) if n >= start and row[arn] in each), start)
            yield Row(f"{file}:{line}", row[arn], str(row.get("username") or ""), groups)
    if data.get("mapAccounts") and str(data["mapAccounts"]).strip() != "[]":
        place = document.place(("data", "mapAccounts"))
        message = (
            "lets whole accounts in, which no entry can; got mapAccounts; write entries for who uses it, and remove it"
        )
        raise InputError([Problem(("data", "mapAccounts"), message, str(file), place.line if place else 1)])


def _listed(text: str, key: str, file: FilePath, line: int) -> list[Any]:
    """The rows in a text of the ConfigMap, which is YAML itself."""
    try:
        found = load(text)
    except YAMLError:
        found = "other text"
    if found is None or isinstance(found, list):
        return found or []
    message = "needs a list of rows, as YAML; got something else; mend the ConfigMap"
    raise InputError([Problem(("data", key), message, str(file), line)])


def _declared(data: Data) -> set[str]:
    access = data.get("access")
    entries = access.values() if isinstance(access, dict) else ()
    return {str(each.get("principal_arn")) for each in entries if isinstance(each, dict)}


def _has_entry(row: Row, data: Data) -> bool:
    declared = _declared(data)
    if found := _SSO.fullmatch(row.arn):
        return any(arn.endswith(f"/{found[2]}") for arn in declared)
    return row.arn in declared


def way(data: Data, given: Given) -> Way:
    """The phases for a platform."""
    mode = inside(data, "cluster").get("authentication_mode", "API")
    if mode == _BOTH and given.aws_auth is None:
        do = "give what kubectl get configmap aws-auth -n kube-system -o yaml wrote"
        raise InputError([Problem(("--aws-auth",), f"is needed, as its rows become entries; got none; {do}")])
    found = tuple(rows(given.aws_auth)) if given.aws_auth is not None else ()

    def entries(data: Data) -> Data:
        if inside(data, "cluster").get("authentication_mode") != _BOTH:
            return data
        for row in found:
            entry: Any = row.entry()
            if entry is not None and not _has_entry(row, data):
                access = inside(data, "access")
                access[slug(row.arn.rsplit("/", 1)[-1], access)] = entry
        return data

    def alone(data: Data) -> Data:
        if inside(data, "cluster").get("authentication_mode") == _BOTH:
            data["cluster"]["authentication_mode"] = "API"
        return data

    def without_entry(data: Data) -> list[Problem]:
        return [
            Problem(("cluster", "authentication_mode"), f"would shut out a row of aws-auth: {row.place} {row.left()}")
            for row in found
            if not row.of_nodes and not _has_entry(row, data)
        ]

    listed = Command("aws eks list-access-entries --cluster-name CLUSTER", "an entry for each role of nodes and people")
    phases = (
        Phase(
            "entries",
            "write an access entry for each row",
            "EKS reads both: an entry goes before a row for the same principal, so access goes on",
            entries,
            (Command("kubectl get configmap aws-auth -n kube-system -o yaml", "the rows that were given"),),
            (
                listed,
                Command("kubectl auth can-i --list", "as each principal: what it could do before"),
                Command("kubectl get nodes", "all Ready"),
            ),
        ),
        Phase(
            "api",
            "let EKS read access entries alone",
            "the ConfigMap is not read from then on; nodes without an entry lose the cluster",
            alone,
            (
                listed,
                Command("kubectl get configmap aws-auth -n kube-system -o yaml > aws-auth.yaml", "a copy to keep"),
                Command(
                    "kubectl edit configmap aws-auth -n kube-system",
                    "rows taken out one at a time: whoever lacks an entry is found while the rows can come back",
                ),
            ),
            (
                Command("kubectl get nodes", "all Ready after ten minutes"),
                Command("kubectl delete configmap aws-auth -n kube-system"),
            ),
            stopped_by=without_entry,
            cannot_be_undone=True,
        ),
    )
    stays = tuple(Problem((), f"{row.place}: {row.left()}") for row in found if row.entry() is None)
    return Way(phases, stays, finished=mode == "API")


MIGRATION = Migration(
    "aws-auth-to-access-entries",
    "The ConfigMap aws-auth to access entries",
    "An entry for each row, then the mode API. The second phase cannot be undone. Needs --aws-auth.",
    way,
)
