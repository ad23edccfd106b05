"""Forms of single values that many specs share: ARNs, ids, address ranges, tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import combinations
from typing import Annotated, Any

from pydantic import AfterValidator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In, is_known

Network = IPv4Network | IPv6Network

_ROLE = Form(r"arn:aws(-[a-z]+)*:iam::\d{12}:role/([\x21-\x7e]+/)?[\w+=,.@-]{1,64}")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_TAG = Form(r"[\w\s.:/=+@-]*", re.UNICODE)
_SESSION = Form(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/.*")

TAGS_PER_RESOURCE = 50

IN_THE_REGION = "in the platform's region"
"""Marks, in an annotation, an ARN that AWS takes only from the region in which the platform stands."""


def role_arn(value: str) -> str:
    """The ARN of an IAM role.

    Raises:
        ValueError: if it is none, saying what to write for the ARN of a role's session.
    """
    if session := _SESSION.fullmatch(value):
        raise ValueError(f"is a session and not a role; got {shown(value)}; write {_role_of(session)}")
    if not _ROLE.fullmatch(value):
        raise ValueError(f"is not a valid ARN of a role; got {shown(value)}; write arn:aws:iam::111122223333:role/name")
    return value


key_arn = Form(
    r"arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:\d{12}:key/[0-9a-zA-Z-]{1,64}",
    what="is not a valid ARN of a KMS key",
    do="write arn:aws:kms:region:111122223333:key/id, not an alias",
)
"""The ARN of a KMS key; an alias will not do, because AWS answers with the key behind it."""

_POLICY = Form(
    r"arn:aws(-[a-z]+)*:iam::(aws|\d{12}):policy/([\x21-\x7e]+/)?[\w+=,.@-]{1,128}",
    what="is not a valid ARN of a policy",
    do="write arn:aws:iam::111122223333:policy/name",
)


def policy_arn(value: str) -> str:
    """The ARN of an IAM policy.

    Raises:
        ValueError: if it is none, saying what to write for the bare name of one of AWS's policies.
    """
    fault = _POLICY.fault(value)
    if fault is None:
        return value
    from eks_blueprints.core.facts.managed_policies import instead_of, is_known

    if isinstance(value, str) and re.fullmatch(r"[\w+=,.@/-]+", value, re.ASCII):
        name = value if is_known(value) else instead_of(value)
        if name is not None:
            raise ValueError(
                f"is not a valid ARN of a policy; got {shown(value)}; write arn:aws:iam::aws:policy/{name}"
            )
    raise ValueError(fault)


arn_pattern = Form(
    r"arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9*-]*:(\d{12}|aws|\*|):[\x21-\x7e]+",
    what="is not a valid ARN",
    do="write it like arn:aws:s3:::shop-* or arn:aws:sqs:eu-west-1:111122223333:orders",
)
"""An ARN of whatever service, or a pattern for several, with `*` for any text, as statements of policies take it."""

security_group_id = Form(
    r"sg-[0-9a-f]{8,17}", what="is not a valid id of a security group", do="write sg- and 8 to 17 hex digits"
)
"""The id of a security group."""

prefix_list_id = Form(
    r"pl-[0-9a-f]{8,17}", what="is not a valid id of a prefix list", do="write pl- and 8 to 17 hex digits"
)
"""The id of a prefix list."""

group_description = Form(
    r"[a-zA-Z0-9. _:/()#,@\[\]+=&;{}!$*-]{1,255}",
    what="is refused by EC2",
    do="use up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
)
"""What EC2 shows beside a security group or one of its rules."""

cluster_arn = Form(
    r"arn:aws(-[a-z]+)*:eks:[a-z0-9-]+:\d{12}:cluster/[0-9A-Za-z][A-Za-z0-9_-]{0,99}",
    what="is not a valid ARN of a cluster",
    do="write arn:aws:eks:region:111122223333:cluster/name",
)
"""The ARN of a cluster of EKS."""

subnet_id = Form(
    r"subnet-[0-9a-f]{8,17}", what="is not a valid id of a subnet", do="write subnet- and 8 to 17 hex digits"
)
"""The id of a subnet."""

namespace_name = Form(
    _LABEL, what="is not a valid name of a namespace", do="use up to 63 lowercase letters, digits and dashes"
)
"""The name of a Kubernetes namespace."""

element_name = Form(
    r"[A-Za-z][A-Za-z0-9_-]{0,39}",
    what="is not a valid name",
    do="use up to 40 letters, digits, - and _, with a letter first",
)
"""A name of a platform's part that becomes part of resources' names."""

key_name = Form(
    r"[a-z][a-z0-9-]{0,39}",
    what="is not a valid name",
    do="use up to 40 lower-case letters, digits and -, with a letter first",
)
"""The same in lower case."""

service_account_name = Form(
    rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*",
    what="is not a valid name of a service account",
    do="use up to 253 lowercase letters, digits, - and ., with a letter or digit first and last",
)
"""The name of a Kubernetes service account."""

object_name = Form(_LABEL, what="is not a valid short name", do="use up to 63 lowercase letters, digits and dashes")
"""The name of a Kubernetes object, or a key that becomes part of one or of a resource's."""


def short_names(value: dict[str, Any]) -> dict[str, Any]:
    """A mapping whose keys become part of resources' names.

    Raises:
        ValueError: if a key does not fit there.
    """
    faults = Faults()
    for key in value:
        if fault := object_name.fault(key):
            faults.add((key,), fault)
    faults.raise_if_any()
    return value


def key_names(value: dict[str, Any]) -> dict[str, Any]:
    """A mapping whose keys, in lower case, become part of resources' names.

    Raises:
        ValidationError: if a key does not fit there.
    """
    faults = Faults()
    for key in value:
        if fault := key_name.fault(key):
            faults.add((key,), fault)
    faults.raise_if_any()
    return value


profile = Form(
    r"[^\s\"'\\\x00-\x1f]{1,128}",
    re.UNICODE,
    what="is not a valid name of a profile",
    do="use 1 to 128 characters without spaces",
)
"""The name of a profile of the AWS configuration."""


def cidr(value: str) -> str:
    """An address range with its host bits zero, IPv4 or IPv6.

    Raises:
        ValueError: if it is none, offering the range that was meant where that can be told.
    """
    do = "write it like 10.0.0.0/16"
    try:
        if "/" not in value:
            address = ip_network(value)
            raise ValueError(f"has no prefix length; got {shown(value)}; write {address} for that one address")
        loose = ip_network(value, strict=False)
        if not re.fullmatch(r"[0-9]+", value.partition("/")[2]):
            raise ValueError(f"is not a valid address range; got {shown(value)}; write {loose}")
    except ValueError as error:
        if "; got " in str(error):
            raise
        raise ValueError(f"is not a valid address range; got {shown(value)}; {do}") from None
    if str(loose) != value.lower():
        raise ValueError(f"is not the first address of its range; got {shown(value)}; did you mean {loose}?")
    return value.lower()


def cidr4(value: str) -> str:
    """An IPv4 address range; see `cidr`.

    Raises:
        ValueError: if it is none.
    """
    if ip_network(cidr(value)).version != 4:
        raise ValueError(f"needs IPv4; got {shown(value)}; write it like 10.0.0.0/16")
    return value


def tags(value: dict[str, str]) -> dict[str, str]:
    """Tags that AWS takes.

    Raises:
        ValueError: if one has a key or a value that AWS refuses, or there are too many.
    """
    for key, text in value.items():
        if fault := _tag_fault(key, text):
            raise ValueError(f"has a bad tag: {shown(key)} {fault}")
    if len(value) > TAGS_PER_RESOURCE:
        raise ValueError(f"can have at most {TAGS_PER_RESOURCE} tags; got {len(value)}; remove some")
    return value


def _each_tag(value: dict[str, str]) -> dict[str, str]:
    """The same for a field, whose bad tags are shown one by one, each at its place."""
    faults = Faults()
    for key, text in value.items():
        if fault := _tag_fault(key, text):
            faults.add((key,), fault)
    faults.raise_if_any()
    return tags(value)


def _tag_fault(key: str, text: str) -> str | None:
    if not 1 <= len(key) <= 128 or not _TAG.fullmatch(key):
        return f"has a bad key; got {shown(key)}; use 1 to 128 letters, digits, spaces and _.:/=+-@"
    if key.lower().startswith("aws:"):
        return f"has a key that AWS reserves; got {shown(key)}; use another prefix than aws:"
    if len(text) > 256 or not _TAG.fullmatch(text):
        return f"has a bad value; got {shown(text)}; use up to 256 letters, digits, spaces and _.:/=+-@"
    return None


def too_many_tags(*layers: Iterable[str]) -> str | None:
    """Why a resource cannot have the tags of several layers, given by their keys; None where it can."""
    count = len(set().union(*layers))
    if count <= TAGS_PER_RESOURCE:
        return None
    return (
        f"leave no room: a resource can have {TAGS_PER_RESOURCE} with those of the platform; got {count}; remove some"
    )


def repeated(values: Iterable[str]) -> str | None:
    """The first value that occurs twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def overlaps(ranges: Iterable[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """The pairs among named ranges (`("service_ipv4_cidr", "10.100.0.0/16")`) that share addresses."""
    for one, other in combinations(ranges, 2):
        if overlap(one[1], other[1]):
            yield one, other


def overlap(one: str, other: str) -> bool:
    """Whether two ranges share addresses."""
    first, second = ip_network(one), ip_network(other)
    return first.version == second.version and first.overlaps(second)


def within(part: str, wholes: Iterable[str]) -> bool:
    """Whether a range lies inside one of others."""
    inner = ip_network(part)
    for whole in wholes:
        outer = ip_network(whole)
        if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network) and inner.subnet_of(outer):
            return True
        if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network) and inner.subnet_of(outer):
            return True
    return False


def _role_of(session: re.Match[str]) -> str:
    partition, account, name = session.groups()
    return f"arn:{partition}:iam::{account}:role/{name} (with the role's path, if it has one)"


def not_written(value: Any) -> Any:
    """A secret that is named and not written down.

    Raises:
        ValueError: if it is text.
    """
    if is_known(value):
        raise ValueError("is stored in plain text; got text; write {secret: key}")
    return value


Secret = Annotated[In[str], AfterValidator(not_written)]
ClusterArn = Annotated[str, AfterValidator(cluster_arn)]
RoleArn = Annotated[str, AfterValidator(role_arn)]
KeyArn = Annotated[str, AfterValidator(key_arn)]
RegionalKeyArn = Annotated[KeyArn, IN_THE_REGION]
RegionalArn = Annotated[str, IN_THE_REGION]
PolicyArn = Annotated[str, AfterValidator(policy_arn)]
ArnPattern = Annotated[str, AfterValidator(arn_pattern)]
PolicyArns = Annotated[dict[str, In[PolicyArn]], AfterValidator(short_names)]
Namespace = Annotated[str, AfterValidator(namespace_name)]
ServiceAccount = Annotated[str, AfterValidator(service_account_name)]
Profile = Annotated[str, AfterValidator(profile)]
SecurityGroupId = Annotated[str, AfterValidator(security_group_id)]
PrefixListId = Annotated[str, AfterValidator(prefix_list_id)]
GroupDescription = Annotated[str, AfterValidator(group_description)]
Cidr = Annotated[str, AfterValidator(cidr)]
Cidr4 = Annotated[str, AfterValidator(cidr4)]
Tags = Annotated[dict[str, str], AfterValidator(_each_tag)]


_DATA_KEY = Form(
    r"[-._a-zA-Z0-9]{1,253}",
    what="is not a valid key of a ConfigMap or Secret",
    do="use up to 253 letters, digits, -, _ and .",
)


def data_keys(value: dict[str, Any]) -> dict[str, Any]:
    """A mapping whose keys a ConfigMap or a Secret can have.

    Raises:
        ValidationError: with each that it cannot have.
    """
    faults = Faults()
    for key in value:
        if fault := _DATA_KEY.fault(key):
            faults.add((key,), fault)
    faults.raise_if_any()
    return value
