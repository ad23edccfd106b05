"""One look for leftovers: the command that people type, and the same question asked of AWS by boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from eks_blueprints.live.account import refusals
from eks_blueprints.live.tags import tags_of

KEEP = "eks-blueprints/keep"
"""Tag of what `teardown --execute --volumes keep` leaves on purpose: no leftover, and never offered for removal."""

CLAIM = "eks-blueprints/claim"
"""Tag of a volume or a snapshot that is kept: the claim that it is of."""

_ARNS = "--query 'ResourceTagMappingList[].ResourceARN' --output text"


@dataclass(frozen=True, slots=True)
class Leftover:
    """One thing that is still there."""

    kind: str
    """Service and type, as ARNs have them: `ec2:volume`, `elasticloadbalancing:loadbalancer`."""
    id: str
    """Its id or name, or its ARN where the service is asked by that."""

    def __str__(self) -> str:
        return self.id if self.id.startswith("arn:") else f"{self.kind} {self.id}"


@dataclass(frozen=True, slots=True)
class Search:
    """One look. `ask` is None where only people can look."""

    command: str
    ask: Callable[[Any], Iterator[Leftover]] | None = None

    def found(self, session: Any) -> list[Leftover]:
        """What is there.

        Raises:
            LiveError: if AWS does not answer, or refuses to.
        """
        if self.ask is None:
            return []
        with refusals("look for leftovers"):
            return list(self.ask(session))


def tagged(at: str, key: str, *values: str, types: str | None = None, mine: str | None = None) -> Search:
    """What the tagging API knows with a tag. `types` narrows it; `mine` is a text that the tag's value must contain."""
    filters = f"Key={key}" + (f",Values={','.join(values)}" if values else "")
    narrowed = f" --resource-type-filters {types}" if types else ""
    query = _ARNS
    if mine is not None:
        tag = f"Key=='{key}' && contains(Value, '{mine}')"
        query = f'--query "ResourceTagMappingList[?Tags[?{tag}]].ResourceARN" --output text'
    command = f"aws resourcegroupstaggingapi get-resources{narrowed} --tag-filters {filters}{at} {query}"

    def ask(session: Any) -> Iterator[Leftover]:
        pages = session.client("resourcegroupstaggingapi").get_paginator("get_resources")
        wanted: dict[str, Any] = {"TagFilters": [{"Key": key, "Values": list(values)}]}
        if types:
            wanted["ResourceTypeFilters"] = [types]
        for page in pages.paginate(**wanted):
            for each in page["ResourceTagMappingList"]:
                tags = tags_of(each.get("Tags"))
                if KEEP not in tags and (mine is None or mine in tags.get(key, "")):
                    yield of_arn(each["ResourceARN"])

    return Search(command, ask)


def described(command: str, call: tuple[str, str], rows: tuple[str, str], kind: str, **asked: Any) -> Search:
    """What a service lists. `call` is its name and operation, `rows` the keys of the list and of an entry's id."""
    (service, operation), (key, name) = call, rows

    def ask(session: Any) -> Iterator[Leftover]:
        for page in session.client(service).get_paginator(operation).paginate(**asked):
            for row in page[key]:
                if KEEP not in tags_of(row.get("Tags") or row.get("TagSet")):
                    yield Leftover(kind, row[name])

    return Search(command, ask)


def log_groups(at: str, prefix: str) -> Search:
    """Log groups whose names begin with a text."""
    names = "--query 'logGroups[].logGroupName' --output text"
    command = f"aws logs describe-log-groups --log-group-name-prefix {prefix}{at} {names}"
    call, rows = ("logs", "describe_log_groups"), ("logGroups", "logGroupName")
    return described(command, call, rows, "logs:log-group", logGroupNamePrefix=prefix)


def instance_profiles(cluster: str) -> Search:
    """Karpenter's instance profiles, whose path is /karpenter/region/cluster/class."""
    query = f"\"InstanceProfiles[?contains(Path, '/{cluster}/')].Arn\""
    command = f"aws iam list-instance-profiles --path-prefix /karpenter/ --query {query} --output text"

    def ask(session: Any) -> Iterator[Leftover]:
        pages = session.client("iam").get_paginator("list_instance_profiles")
        for page in pages.paginate(PathPrefix="/karpenter/"):
            for row in page["InstanceProfiles"]:
                if f"/{cluster}/" in row["Path"]:
                    yield Leftover("iam:instance-profile", row["InstanceProfileName"])

    return Search(command, ask)


def of_arn(arn: str) -> Leftover:
    """A resource by its ARN, such as `arn:aws:ec2:eu-west-1:111122223333:volume/vol-1`."""
    _, _, service, _, _, rest = arn.split(":", 5)
    kind = rest.replace(":", "/").partition("/")[0]
    # EC2 is asked by ids; all others by ARN.
    return Leftover(f"{service}:{kind}", rest.partition("/")[2] if service == "ec2" else arn)
