"""The base of every component: one spec in, resources out, under a token that no subclass changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import pulumi

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import Path
from eks_blueprints.core.role_spec import IamArgs
from eks_blueprints.core.spec import Spec

PACKAGE = "eks-blueprints"


class Component(pulumi.ComponentResource):
    """A group of resources created from one spec: `Foo(name, args, opts=None)`.

    Children are named `f"{name}-{role}"`, which is a public contract, and take their options from `self.child()`.
    Elements (compute, add-ons) have no class of their own for this: they make a plain `Component` from their spec.
    """

    of_element: ClassVar[bool] = False
    """Whether its token is that of the element that it is made from."""

    ready: tuple[pulumi.Resource, ...] = ()
    """What others wait for when they need all of this component to be there."""

    exported: Mapping[str, Any] = MappingProxyType({})
    """What a stack exports of it, besides what it exports of every platform."""

    origin: Document | None = None
    """The stack file that it was read from; None where there is none, or a component above knows."""

    spec_path: Path
    """Where the spec stands in the stack file; a recording reads it to tell which lines made a resource."""

    parts: dict[str, Path]
    """Where the part of the spec stands that a child is made from, by the logical name of the child or what stands
    before a hyphen in it; for children that are no components. A recording reads it as `spec_path`."""

    iam: IamArgs
    """Settings for all IAM roles that are created in it; a component has it from the one that it is part of."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # The SDK evaluates a resource class's annotations at run time, in search of output types that no component of
        # ours has; names that are imported for type checkers only would fail the deployment then.
        cls.__annotations__ = {}

    def __init__(
        self,
        name: str,
        args: Spec | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        spec_path: Path = (),
        after: Iterable[pulumi.Resource] = (),
        iam: IamArgs | None = None,
    ) -> None:
        self.spec_path = spec_path
        self.parts = {}
        self._after = tuple(after)
        above = opts.parent if opts is not None else None
        self.iam = iam or (above.iam if isinstance(above, Component) else IamArgs())
        plain = type(self) is Component or self.of_element
        owner = type(args) if plain and args is not None else type(self)
        super().__init__(token_of(owner), name, None, opts)

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child: this parent, and a dependency on all that must be there before this component.

        Dependencies are repeated on each child because the engine does not hand a component's own down to them.
        """
        depends_on = [*self._after, *options.pop("depends_on", ())]
        return pulumi.ResourceOptions(parent=self, depends_on=depends_on or None, **options)


def in_cluster(cluster: pulumi.Resource | None, *, goes_with_it: bool) -> dict[str, Any]:
    """Options of an object inside a cluster that this program makes; `cluster` is None for one that was there before.

    A replaced cluster goes before its successor comes. What owns nothing outside goes with it; all else (nodes of
    Karpenter, load balancers, DNS records) is deleted before it, while its API still answers.
    """
    return {
        # Its name is fixed: the old one has to go before its replacement.
        "delete_before_replace": True,
        "deleted_with": cluster if goes_with_it else None,
        "replace_with": [cluster] if cluster is not None and not goes_with_it else None,
    }


def token_of(cls: type) -> str:
    """The type token of a component or element class.

    A token is part of every URN below it, so it is that of the nearest class of this package: renaming a user's
    subclass then replaces nothing.
    """
    ours = __name__.split(".")[0]
    for candidate in cls.__mro__:
        if candidate.__module__.split(".")[0] == ours:
            return f"{PACKAGE}:index:{candidate.__name__}"
    raise TypeError(f"{cls.__qualname__} extends no class of {ours}")


def merge_tags(*layers: Mapping[str, str]) -> dict[str, str]:
    """Tags of several layers, the later ones winning, in a stable order."""
    merged: dict[str, str] = {}
    for layer in layers:
        merged |= layer
    return dict(sorted(merged.items()))
