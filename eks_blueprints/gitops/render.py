"""Stacks as the files of a repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.gitops.charts import Form
from eks_blueprints.gitops.collect import collected
from eks_blueprints.gitops.layout import laid_out
from eks_blueprints.gitops.model import Agent, Manifests
from eks_blueprints.gitops.outputs import known
from eks_blueprints.gitops.write import Folder, with_kept_files, with_tags_there
from eks_blueprints.review.preview.targets import Target


def rendered(
    targets: Sequence[Target],
    folder: Folder,
    *,
    outputs: Sequence[Path] = (),
    agent: Agent | None = None,
    charts: Form = "agent",
    skip_unknown: bool = False,
) -> Iterator[Manifests]:
    """The files of each stack, with the tags that pipelines have set in the folder.

    Args:
        targets: The stacks.
        folder: Where the files are now.
        outputs: Files with values that only AWS knows; see `known`.
        agent: Who reads the repository; see `collected`.
        charts: How charts stand in it.
        skip_unknown: Whether objects with values that are not known are left out.

    Raises:
        InputError: if a stack is not valid or, without `skip_unknown`, has objects that cannot be written.
    """
    told = known(outputs, [target.stack for target in targets])
    for target in targets:
        made = laid_out(collected(target, told, agent=agent, form=charts))
        missing = [each for each in made.left_out if each.unknown]
        if missing and not skip_unknown:
            file = str(target.file or target.project)
            raise InputError(
                [
                    Problem((), f"{each.what} cannot be written: {each.why}; got no such value; {each.do}", file)
                    for each in missing
                ]
            )
        yield with_kept_files(with_tags_there(made, folder), folder)
