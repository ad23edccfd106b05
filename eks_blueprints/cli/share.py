"""`--shard I/N`: the share of all stacks that one of several machines looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli import show

if TYPE_CHECKING:
    from eks_blueprints.review.preview.shard import Shard
    from eks_blueprints.review.preview.targets import Target


def option(command: Any) -> Any:
    """The options `--all` and `--shard`, of commands that look at every stack."""
    command = click.option(
        "--shard",
        metavar="I/N",
        callback=_parsed,
        help="Look at the I-th of N shares of all stacks; `report merge` joins the JSON reports of all shards.",
    )(command)
    return click.option("--all", "every", is_flag=True, help="Every stack of the project. The default without names.")(
        command
    )


def _parsed(_context: click.Context, _option: click.Parameter, text: str | None) -> Shard | None:
    if text is None:
        return None
    from eks_blueprints.review.preview.shard import Shard

    return Shard.parse(text)


def hold_together(stacks: Sequence[str], every: bool, shard: Shard | None, others: dict[str, bool]) -> None:
    """Refuse what does not go with all stacks, or a share of them; `others` says of options whether they are given."""
    which = "--shard" if shard is not None else "--all"
    if (every or shard is not None) and stacks:
        raise click.UsageError(f"{which} selects every stack; got names as well; leave one of them out")
    if wrong := [name for name, given in others.items() if given and (every or shard is not None)]:
        raise click.UsageError(f"{which} takes the stacks of a project; got {wrong[0]} as well; leave one of them out")


@dataclass(frozen=True, slots=True)
class Share:
    """A shard with the stacks of all shards."""

    shard: Shard
    targets: Sequence[Target]

    @classmethod
    def here(cls, shard: Shard) -> Share:
        """The share of the project in this folder; if it is an empty one, that is said.

        Raises:
            InputError: if there is no stack.
        """
        from eks_blueprints.review.preview.targets import all_targets

        found = cls(shard, all_targets())
        own, all_of_them = len(found.own), show.count(len(found.targets), "stack")
        said = f"{own} of {all_of_them}" if own else f"nothing to do; there are {all_of_them} for {shard.total} shards"
        click.echo(f"shard {shard}: {said}", err=True)
        return found

    @property
    def stacks(self) -> list[str]:
        """Names of all stacks."""
        return [target.stack for target in self.targets]

    @property
    def own(self) -> list[Target]:
        """Stacks of this shard."""
        names = set(self.shard.of(self.stacks))
        return [target for target in self.targets if target.stack in names]

    def same(self, **options: str) -> dict[str, str]:
        """What has to be the same in all shards; `options` are the command's own, by their names without dashes."""
        from eks_blueprints.review.shards.run import surroundings

        return {
            **surroundings([target.source for target in self.targets]),
            **{f"--{name.replace('_', '-')}": each for name, each in options.items()},
        }
