"""The command line: parse and print only; each command is a file, imported when it is called."""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import importlib
import os
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, ClassVar, NoReturn, cast

import click

from eks_blueprints.cli import streams
from eks_blueprints.cli.exits import Exit
from eks_blueprints.core import late_modules, stopping
from eks_blueprints.core.printed import visible

_COMMANDS = {
    "access": "Show what a principal may do on a cluster, or who may do one thing.",
    "addons": "List the add-ons, and show all about one.",
    "capacity": "Show which nodes the pods of a stack get, what they cost, and what a change does to that.",
    "check": "Validate stack files; report every problem with its line and column.",
    "comment": "Post a diff as the one comment of a pull request on GitHub, GitLab or Bitbucket.",
    "diff": "Show what changes since a git ref, a plan or a deployed stack, and whether it is safe.",
    "explain": "Explain a field of stack files, or how many pods fit on a node.",
    "export": "Write a stack file in the format of another tool, such as eksctl.",
    "gitops": "Write manifests to a Git repository, change an image in it, show what its agent would change.",
    "import": "Turn what is there, such as Kubernetes manifests or an eksctl file, into stack files.",
    "init": "Create a team's repository: a dev and a prod platform, tests, and a check of pull requests.",
    "instances": "List the instance types that have what you want, as a list for a stack file.",
    "kubeconfig": "Write one kubeconfig with a context for each of several deployed stacks.",
    "migrate": "Move a platform from one technique to another, one change of the stack file at a time.",
    "network": "Show who can reach a workload over the network.",
    "pipeline": "Draw the pipelines of a stack, and write down what other engines than AWS run.",
    "placement": "Show on which compute each workload can run, and what keeps it off the rest.",
    "policy": "List the policies, show one, write or test your own, print waivers.",
    "preview": "Show what a stack would create; needs no AWS account, cluster, network or engine.",
    "report": "Join the reports of shards, of diff, preview or check, into one.",
    "schema": "Print or write the JSON Schema of stack files, for editors.",
    "show": "Print a stack file merged with the files that it extends, with the source of every value.",
    "tables": "List the tables of facts in this package, with their age.",
    "teardown": "Show what to drain before a stack is destroyed, in which order, and how.",
    "upgrade": "Plan a Kubernetes upgrade, write it into the stack file step by step, show the calendar of support.",
}

_END = os._exit

_OBJECTS = 200_000
"""New objects before the garbage collector runs; the preview of a platform makes half as many."""


def _help_form(**sizes: Any) -> click.HelpFormatter:
    from eks_blueprints.cli.help_form import HelpForm  # few calls show help

    return HelpForm(**sizes)


# Of every command, also of those that make a context of their own.
click.Context.formatter_class = cast("type[click.HelpFormatter]", staticmethod(_help_form))


class LateCommands(click.Group):
    """A group whose commands are files of a package, each imported when it is called."""

    package: ClassVar[str]
    helps: ClassVar[Mapping[str, str]]
    """Each command with the first line of its help."""
    modules: ClassVar[Mapping[str, str]] = {}
    """Files of commands that are not called as the command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.helps)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.helps:
            return None
        module = importlib.import_module(f"{self.package}.{self.modules.get(name, name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # click would import every command for its help; the table says it without.
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self.helps.items()))


class _Commands(LateCommands):
    package = __name__
    helps = _COMMANDS
    modules: ClassVar = {"import": "imports", "show": "show_stack"}

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # click would call it a failure
            raise click.exceptions.Exit(_unwritten(error)) from None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from eks_blueprints.core.errors import unknown_name

            ctx.fail(unknown_name(args[0], _COMMANDS, "command"))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="eks-blueprints", message="%(prog)s %(version)s")
def _cli() -> None:
    """Amazon EKS platforms as data: check them, and see what they would create, without a cloud.

    \b
    A platform is a stack file, stacks/<stack>.yaml. Typical use:
      eks-blueprints init platform         a new repository, which passes its own tests
      eks-blueprints check                 every stack file of this project
      eks-blueprints preview prod          what stacks/prod.yaml would create
      eks-blueprints preview prod --format json > plan.json

    \b
    Shell completion (bash, zsh, fish), in the startup file of the shell:
      eval "$(_EKS_BLUEPRINTS_COMPLETE=bash_source eks-blueprints)"

    Exit codes: 0 fine, 1 the tool failed, 2 the input is invalid, 3 a policy or gate says no, 4 there are changes (only
    with --exit-code).
    """


def main(args: list[str] | None = None) -> NoReturn:
    """Run a command; what the user got wrong ends in its text and a code, never in a traceback."""
    # Taking thousands of provider classes apart at exit costs half a second that frees nothing anyone needs.
    atexit.register(gc.freeze)
    # What a command makes stays until its end; a garbage collection every 700 objects takes a tenth of a preview.
    gc.set_threshold(_OBJECTS, 5, 5)
    _no_plugins_of_pydantic()
    late_modules.install()
    streams.attach()
    streams.keep_apart()
    stopping.listen()
    _end_by_us_alone()
    try:
        # https://no-color.org: any value but the empty one. Where it is not set, click looks at the terminal.
        color = False if os.environ.get("NO_COLOR") else None
        code = _cli.main(args, prog_name="eks-blueprints", standalone_mode=False, color=color)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.Abort:
        _stop()
    except Exception as error:
        code = None if stopping.asked() else _failed(error)
    if stopping.asked():  # and the interrupt got lost on its way, or came out as an error of somebody's
        _stop()
    _flush()
    sys.exit(code or 0)


def _stop() -> NoReturn:
    """End at once: Python would end by the signal itself where the interrupt came inside of an `exec`."""
    _said("stopped", Exit.FAILED)
    _flush()
    _END(Exit.FAILED)


def _flush() -> None:
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except (OSError, ValueError):
        sys.stderr = None  # Python would end with a code of its own where nobody can be told


def _failed(error: Exception) -> Exit:
    """The end of a command by what is wrong with its input, with this machine, or by what no rule foresaw."""
    if isinstance(error, click.ClickException):
        vars(error)["message"] = visible(error.message)
        with contextlib.suppress(OSError):
            error.show()
        return Exit.INVALID
    if isinstance(error, MemoryError):
        return _said("eks-blueprints: needs more memory than it may have; raise the limit (ulimit -v)", Exit.FAILED)
    if isinstance(error, OSError):
        return _unwritten(error)
    from eks_blueprints.core.errors import InputError, unforeseen  # half of what help and completion would load

    if isinstance(error, InputError):
        from eks_blueprints.cli.show import problems

        with contextlib.suppress(OSError):  # as in `_said`
            problems(error.problems)
        return Exit.INVALID
    return _said(f"eks-blueprints: this input {unforeseen(error)}", Exit.FAILED)


def _no_plugins_of_pydantic() -> None:
    """Looking for them reads what every installed package says of itself, and what reads it loads forty modules."""
    if os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__") == "__all__":
        none = ModuleType("pydantic.plugin._loader")
        vars(none)["get_plugins"] = tuple
        sys.modules.setdefault(none.__name__, none)


def _end_by_us_alone() -> None:
    """Make `os._exit` of somebody else's code an exception, as `sys.exit` is: a good code of it would pass a gate.

    Processes that are forked end as always.
    """
    ours = os.getpid()

    def asked(status: int) -> NoReturn:
        if os.getpid() != ours:
            _END(status)
        raise SystemExit(status)

    vars(os)["_exit"] = asked


def _said(message: str, code: Exit) -> Exit:
    with contextlib.suppress(OSError):  # nobody can be told where standard error is full or closed
        click.echo(visible(message), err=True)
    return code


def _unwritten(error: OSError) -> Exit:
    """The end of a command whose result did not reach its reader, so that nobody takes it for a good one."""
    if isinstance(error, BrokenPipeError):
        # The reader of a pipe has seen enough; Python would complain again when it flushes on exit.
        sys.stdout = sys.stderr = None
        return Exit.UNREAD
    if os.environ.get("EKS_BLUEPRINTS_DEBUG"):
        raise error
    where = error.filename or "the output"
    where = os.fsdecode(where) if isinstance(where, bytes) else where
    if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
        from eks_blueprints.core.errors import shown

        return _said(f"{shown(where)}: cannot be found; got {error.strerror}; name another file", Exit.INVALID)
    if error.errno in (errno.EMFILE, errno.ENFILE):
        do = "raise the limit of open files (ulimit -n)"
        return _said(f"{where}: cannot be opened; got {error.strerror}; {do}", Exit.FAILED)
    do = "free some space or change the permissions, or name another file"
    _said(f"{where}: cannot be read or written; got {error.strerror or error}; {do}", Exit.FAILED)
    if error.errno in (errno.ENOSPC, errno.EIO, errno.EBADF):
        sys.stdout = None  # what is left in its buffer has nowhere to go either
    return Exit.FAILED
