"""What must hold of a network as data, in any region."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator

from eks_blueprints.core.errors import Faults, Path, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import key_name, subnet_id
from eks_blueprints.core.spec import is_known
from eks_blueprints.network import cidr, endpoints, zones
from eks_blueprints.network.parts import check_parts

if TYPE_CHECKING:
    from eks_blueprints.network.spec import ExistingNetworkArgs, NetworkArgs

MAX_CIDRS = 5
"""IPv4 blocks of a VPC. Source: Amazon VPC quotas, IPv4 CIDR blocks per VPC (adjustable up to 50)."""

_SERVICE = Form(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*")
_LONGEST_SERVICE = 128  # far more than any has; it becomes part of a tag, which takes 256 characters
_VPC = Form(r"vpc-[0-9a-f]{8,17}", what="is not a valid id of a vpc", do="write vpc- and 8 to 17 hex digits")
_TABLE = Form(r"rtb-[0-9a-f]{8,17}", what="is not a valid id of a route table", do="write rtb- and 8 to 17 hex digits")


def zone(text: str) -> str:
    """A zone's id or name.

    Raises:
        ValueError: if the text has the form of neither.
    """
    if zones.form(text) is None:
        raise ValueError(f"is not a valid availability zone; got {shown(text)}; write an id such as euw1-az1 or a name")
    return text


def service(text: str) -> str:
    """The name of a service that has VPC endpoints.

    Raises:
        ValueError: if the text cannot be one.
    """
    if len(text) > _LONGEST_SERVICE or not _SERVICE.fullmatch(text):
        raise ValueError(f"is not a valid service name; got {shown(text)}; write one such as ecr.api")
    return text


def _tags(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > 50:
        raise ValueError(f"can have at most 50 tags; got {len(tags)}; remove some")
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or key.lower().startswith("aws:"):
            raise ValueError(f"needs keys of 1 to 128 characters that do not start with aws:; got {shown(key)}")
        if len(value) > 256:
            raise ValueError(f"needs values of at most 256 characters; got {len(value)} at {shown(key)}; shorten it")
    return tags


Tags = Annotated[dict[str, str], AfterValidator(_tags)]
"""Tags as AWS takes them."""


def check_arn(faults: Faults, name: str, value: Any, of: str) -> None:
    """Note a value that is known and no ARN of a service."""
    if value is not None and is_known(value) and not re.fullmatch(rf"arn:[a-z-]+:{of}:[^\s]+", value):
        faults.add(name, f"is not a valid ARN of {of}; got {shown(value)}; write one such as arn:aws:{of}:...")


def check_new(args: NetworkArgs, faults: Faults) -> None:
    """Note what is wrong with a new VPC."""
    _check_blocks(args, faults)
    _check_zones(args, faults)
    _check_endpoints(args, faults)
    check_parts(args, faults)
    if args.subnets is not None:
        _check_subnets(args, faults)
    elif int(args.cidr.partition("/")[2]) > 24:
        faults.add("cidr", f"is too small for the layout; got {args.cidr}; use /16 to /24, or give subnets in full")
    elif args.pod_cidr is not None and int(args.pod_cidr.partition("/")[2]) > 25:
        faults.add("pod_cidr", f"is too small for a pod subnet in each zone; got {args.pod_cidr}; use /16 to /25")
    if args.nat_gateways not in (None, "none") and not args.has_public:
        faults.add("nat_gateways", f"needs public subnets; got {args.nat_gateways}; remove it or add public subnets")


def check_existing(args: ExistingNetworkArgs, faults: Faults) -> None:
    """Note what is wrong with a VPC that is there."""
    if (args.vpc_id is None) == (not args.vpc_tags):
        got = "neither" if args.vpc_id is None else "both"
        faults.add("vpc_id", f"needs the id or the vpc_tags of the VPC; got {got}; give one of them")
    _check_id(faults, ("vpc_id",), args.vpc_id, "vpc")
    ids: list[tuple[Path, Any]] = [(("subnets", key, "id"), subnet.id) for key, subnet in args.subnets.items()]
    for role, items in args.subnet_ids.items():
        ids += [(("subnet_ids", role, index), item) for index, item in enumerate(items)]
    for path, item in ids:
        _check_id(faults, path, item, "subnet")
    # The control plane may stand in subnets that nodes or load balancers have too.
    counted = Counter((_of_control_plane(args, path), item) for path, item in ids if isinstance(item, str))
    for path, item in ids:
        if isinstance(item, str) and counted[_of_control_plane(args, path), item] > 1:
            do = "name each subnet once, under one role, and perhaps under control_plane"
            faults.add(path, f"is listed more than once; got {item}; {do}")
    _check_lookup(args, faults)
    _check_existing_zones(args, faults)


def _of_control_plane(args: ExistingNetworkArgs, path: Path) -> bool:
    field, key = path[0], str(path[1])
    return (key if field == "subnet_ids" else args.subnets[key].role) == "control_plane"


def check_existing_endpoints(args: ExistingNetworkArgs, faults: Faults) -> None:
    """Note what is wrong with the endpoints of a VPC that is there."""
    fields = ("existing_endpoints", "interface_endpoints")
    _check_listed([(field, i, name) for field in fields for i, name in enumerate(getattr(args, field))], faults)
    fields = ("existing_endpoints", "gateway_endpoints")
    _check_listed([(field, i, name) for field in fields for i, name in enumerate(getattr(args, field))], faults)
    if args.interface_endpoints and args.cidr is None:
        message = "is needed for interface_endpoints, which take HTTPS from inside the VPC; got none"
        faults.add("cidr", f"{message}; give the VPC's IPv4 block")
    if bool(args.gateway_endpoints) != bool(args.route_table_ids):
        missing, given = "route_table_ids", "gateway_endpoints"
        if args.route_table_ids:
            missing, given = given, missing
        faults.add(missing, f"is needed with {given}; got none; add it, or remove {given}")
    for index, item in enumerate(args.route_table_ids):
        if is_known(item) and (fault := _TABLE.fault(item)):
            faults.add(("route_table_ids", index), fault)
        elif is_known(item) and item in args.route_table_ids[:index]:
            faults.add(("route_table_ids", index), f"is listed twice; got {item}; remove one")


def _check_lookup(args: ExistingNetworkArgs, faults: Faults) -> None:
    if args.subnet_tags and args.zones is None:
        faults.add("zones", "is needed to look subnets up by tags; got nothing; name the zones they are in")
    if args.zones is not None and not args.subnet_tags:
        faults.add("zones", "is for subnets looked up by subnet_tags; got none of those; remove it")
    for role, tags in args.subnet_tags.items():
        if not tags:
            faults.add(("subnet_tags", role), "needs at least one tag; got {}; add the tags of those subnets")
    for role in args.subnets_per_zone:
        if role not in args.subnet_tags:
            message = "is for subnets looked up by subnet_tags"
            faults.add(("subnets_per_zone", role), f"{message}; got no tags of {role} ones; add them or remove it")
    if args.zones is not None:
        _check_zone_list(args.zones, faults)


def _check_existing_zones(args: ExistingNetworkArgs, faults: Faults) -> None:
    # As the cluster picks them: subnets of its own, else private, else public.
    for role in ("control_plane", "private", "public"):
        own = [subnet.zone for subnet in args.subnets.values() if subnet.role == role]
        looked_up = list(args.zones or ()) if role in args.subnet_tags else []
        looked_up = [zone for zone in looked_up for _ in range(args.subnets_per_zone.get(role, 1))]
        count = len(own) + len(looked_up) + len(args.subnet_ids.get(role, ()))
        if count == 0:
            continue
        known = None not in own and not args.subnet_ids.get(role)
        if count < 2 or (known and len({*own, *looked_up}) < 2):
            message = f"needs subnets in at least 2 zones for the control plane; got {count} {role}"
            faults.add(_place(args, role), f"{message}; add one in another zone")
        return
    faults.add("subnet_ids", "needs at least 2 private or public subnets; got none; add private: [subnet-..., ...]")


def _place(args: ExistingNetworkArgs, role: str) -> tuple[str, ...]:
    return ("subnet_ids", role) if role in args.subnet_ids else ("subnets",) if args.subnets else ("subnet_tags", role)


def _check_id(faults: Faults, path: Path, value: Any, kind: str) -> None:
    if value is not None and is_known(value) and (fault := (subnet_id if kind == "subnet" else _VPC).fault(value)):
        faults.add(path, fault)


def _check_blocks(args: NetworkArgs, faults: Faults) -> None:
    primary = IPv4Network(args.cidr)
    places: list[tuple[Path, str]] = [(("pod_cidr",), args.pod_cidr)] if args.pod_cidr is not None else []
    places += [(("secondary_cidrs", index), text) for index, text in enumerate(args.secondary_cidrs)]
    for index, (path, text) in enumerate(places):
        block = IPv4Network(text)
        if other := cidr.overlapping(block, [args.cidr, *(earlier for _, earlier in places[:index])]):
            faults.add(path, f"overlaps {other}; got {text}; use another block")
        elif fault := cidr.fault_beside(block, primary):
            faults.add(path, f"{fault}; got {text}; use one of 100.64.0.0/10 or of the VPC's own range")
    if len(args.cidrs) > MAX_CIDRS:
        faults.add("secondary_cidrs", f"is more than {MAX_CIDRS} blocks; got {len(args.cidrs)}; remove some")


def _check_zones(args: NetworkArgs, faults: Faults) -> None:
    if args.zones is not None:
        _check_zone_list(args.zones, faults)
        for index, name in enumerate(args.zones):
            if zones.form(name) == "local":
                message = f"is a local or wavelength zone, where EKS has no control plane; got {shown(name)}"
                faults.add(("zones", index), f"{message}; give subnets in full, with control_plane ones elsewhere")
            elif zones.refused(name):
                faults.add(("zones", index), f"is a zone that EKS refuses; got {name}; use another one")
        if args.zone_count is not None:
            faults.add("zone_count", f"is for zones that are not named; got {args.zone_count} beside zones; remove it")
    count = len(args.zones) if args.zones is not None else args.zone_count
    if args.max_zones is not None and count is not None and args.max_zones < count:
        faults.add("max_zones", f"must not be below the number of zones; got {args.max_zones} for {count}; raise it")


def _check_zone_list(names: Sequence[str], faults: Faults) -> None:
    if not 2 <= len(names) <= 6:
        faults.add("zones", f"needs 2 to 6 zones; got {len(names)}; {'add' if len(names) < 2 else 'remove'} some")
    for index, name in enumerate(names):
        if name in names[:index]:
            faults.add(("zones", index), f"is listed twice; got {name}; remove one")
    _check_one_form(names, ("zones",), faults)


def _check_one_form(names: Iterable[str], path: tuple[str, ...], faults: Faults) -> None:
    forms = {zones.form(name) for name in names if zones.form(name) != "local"}
    if len(forms) > 1:
        faults.add(path, "mixes names and ids of zones, which may mean the same zone; got both; write all as ids")


def _check_endpoints(args: NetworkArgs, faults: Faults) -> None:
    listed = [("interface_endpoints", i, s) for i, s in enumerate(args.interface_endpoints or ())]
    listed += [("additional_endpoints", i, s) for i, s in enumerate(args.additional_endpoints)]
    listed_gateways = [("gateway_endpoints", i, str(s)) for i, s in enumerate(args.gateway_endpoints)]
    _check_listed(listed, faults)
    _check_listed(listed_gateways, faults)


def _check_listed(listed: Iterable[tuple[str, int, str]], faults: Faults) -> None:
    seen: dict[str, str] = {}
    for field, index, name in listed:
        # Logical names have dashes for dots: ecr.api and ecr-api would be one resource.
        if other := seen.get(endpoints.label(name)):
            faults.add((field, index), f"is listed as {other} already; got {name}; remove one")
        seen[endpoints.label(name)] = name


def _check_subnets(args: NetworkArgs, faults: Faults) -> None:
    from eks_blueprints.network.subnet_rules import check_subnets

    for name in ("zones", "zone_count", "max_zones", "pod_cidr"):
        if getattr(args, name) is not None:
            faults.add(name, "belongs to the layout; got subnets too, which replace it; remove one of them")
    if args.topology != "public_and_private":
        faults.add("topology", "belongs to the layout; got subnets too, which replace it; leave public subnets out")
    check_subnets(args, faults)
    _check_one_form([subnet.zone for subnet in (args.subnets or {}).values()], ("subnets",), faults)
    for key in args.subnets or {}:
        if fault := key_name.fault(key):
            faults.add(("subnets", key), fault)
