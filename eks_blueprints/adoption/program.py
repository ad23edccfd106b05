"""What an adoption does to a program: ids, aliases and kept properties of the resources that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath

import pulumi
from pulumi import ResourceTransformationArgs, ResourceTransformationResult

from eks_blueprints.adoption.file import Adoption, Key, read_adoption
from eks_blueprints.adoption.spec import Adopted
from eks_blueprints.core.errors import InputError

_AWS = "pulumi:providers:aws"
_EVERYTHING = ["*"]


@contextmanager
def adopt(path: str | FilePath, name: str | None = None) -> Iterator[None]:
    """Take over what exists with what a program makes inside of `with`: `with adopt("prod.adopt.yaml"): ...`.

    A file that is not there changes nothing, so that it can be deleted when all is taken over. Programs that call
    `stackfile.deploy` need no call: the file beside their stack file, `<stack>.adopt.yaml`, is read anyway.

    Args:
        path: the file.
        name: what messages call it. Default: the path.

    Raises:
        pulumi.RunError: with all that is wrong with the file, or with what it names and the program does not make;
            the engine shows its text without a traceback.
    """
    file = FilePath(path)
    if not file.exists():
        yield
        return
    try:
        adoption = read_adoption(file, name)
    except InputError as error:
        raise pulumi.RunError(str(error)) from error
    transformation = _Transformation(adoption)
    pulumi.runtime.register_stack_transformation(transformation)
    yield
    # Most programs take nothing over, and need no tables of inputs.
    from eks_blueprints.adoption import against

    if wrong := against.problems(adoption, transformation.made):
        told = InputError(wrong)
        raise pulumi.RunError(str(told)) from told


class _Transformation:
    """Changes the options of resources as they are constructed, in the program and not by a callback of the engine."""

    def __init__(self, adoption: Adoption) -> None:
        self.made: set[Key] = set()
        self._adoption = adoption

    def __call__(self, args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        self.made.add((args.type_, args.name))
        if args.type_ == _AWS and not self._adoption.args.adopted:
            # Tags that all resources have by default would be a change of each that is taken over.
            return ResourceTransformationResult({**args.props, "default_tags": None}, args.opts)
        found = self._adoption.of(args.type_, args.name)
        if found is None:
            return None
        more = options(found, adopted=self._adoption.args.adopted)
        return ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, more))


def options(found: Adopted, *, adopted: bool) -> pulumi.ResourceOptions:
    """The options with which a resource is taken over, or, once it is, kept."""
    aliases: list[str | pulumi.Alias] | None = None if found.alias is None else [found.alias]
    if adopted:
        return pulumi.ResourceOptions(aliases=aliases, ignore_changes=list(found.keep) or None)
    taken = found.id is not None or found.alias is not None
    ignored = _EVERYTHING if taken else list(found.keep)
    return pulumi.ResourceOptions(import_=found.id, aliases=aliases, ignore_changes=ignored)
