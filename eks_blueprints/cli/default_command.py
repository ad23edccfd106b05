"""A group of commands, one of which needs no name: its argument alone calls it."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem


class DefaultCommandGroup(click.Group):
    """A group where a word that names no command is the argument of one: `explain network.cidr`."""

    default: click.Command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return self.default.name, self.default, args
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        offered = super().shell_complete(ctx, incomplete)
        for each in self.default.params:
            if isinstance(each, click.Argument):
                offered += each.shell_complete(ctx, incomplete)
        return offered
