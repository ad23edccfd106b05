"""What elements find on the cluster and in the network that a platform describes, and whether they can be put there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.addon_defaults import settled
from eks_blueprints.cluster.spec import cluster_name
from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.core.refs import Ground
from eks_blueprints.network.described import described

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def ground(args: BlueprintArgs, name: str = "") -> Ground:
    """What the cluster of a platform, and its network, will be.

    Raises:
        InputError, ValueError: if the network cannot be made in that region, or cannot hold a cluster.
    """
    network = described(args.network, args.region)
    cluster = args.cluster
    return Ground(version=cluster.version, network=network, oidc_provider=cluster.oidc_provider, prefix=name)


def check_elements(args: BlueprintArgs, name: str = "") -> Iterator[Problem]:
    """What is wrong about a platform's compute and add-ons where they are put."""
    try:
        found = ground(args, name)
    except (InputError, ValueError):  # told at the network or the region
        return
    for element in (*args.compute, *settled(args)):
        for problem in element.problems_on(found):
            yield problem.below(element.group, element.name)


def check_named(args: BlueprintArgs, name: str) -> Iterator[Problem]:
    """What is wrong about a platform whose name and references are known: what is left when it has been validated."""
    try:
        cluster_name(args.cluster.name or name)
    except ValueError as error:
        yield Problem(("cluster", "name"), str(error))
    else:
        if not _NAME.fullmatch(name):
            do = "use up to 100 letters, digits and - _ ., with a letter or digit first"
            yield Problem(
                (), f"needs a name of the stack that its resources' names can begin with; got {shown(name)}; {do}"
            )
    yield from check_elements(args, name)
