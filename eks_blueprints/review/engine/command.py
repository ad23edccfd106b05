"""The Pulumi CLI: found, never fetched unasked, and what it complains of in one line."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.automation import PulumiCommand

    from eks_blueprints.review.engine.events import Diagnostic


class EngineError(RuntimeError):
    """The engine cannot be asked; the text says why in one line, and what to do about it."""


def find_engine(*, install: bool, offer: bool = True) -> PulumiCommand:
    """The CLI on the PATH, else the one that an earlier `install` left in the home folder, else a new one if asked.

    `offer` is whether who has none can be told of --install-engine.

    Raises:
        EngineError: if there is none, it is too old, or it does not say its version.
    """
    command = _find(install=install, offer=offer)
    if command.version is None:  # a build of one's own; the SDK cannot work with it
        message = "the Pulumi CLI does not print its version; got none from `pulumi version`; install a released one"
        raise EngineError(message)
    return command


def _find(*, install: bool, offer: bool) -> PulumiCommand:
    from pulumi._version import version
    from pulumi.automation import PulumiCommand
    from pulumi.automation.errors import InvalidVersionError

    installed = Path.home() / ".pulumi" / "versions" / str(version)
    try:
        if shutil.which("pulumi"):
            return PulumiCommand()
        if (installed / "bin" / "pulumi").is_file():
            return PulumiCommand(root=str(installed))
        if install:
            return PulumiCommand.install()
    except InvalidVersionError as error:
        raise EngineError(f"the Pulumi CLI is too old; {_line(str(error))}; install a newer one") from None
    except (OSError, subprocess.SubprocessError) as error:
        if install:
            raise EngineError(f"the Pulumi CLI cannot be installed; {_line(str(error))}; install it by hand") from None
        raise EngineError(f"the Pulumi CLI does not start; {_line(str(error))}; install it again") from None
    do = "install it, or add --install-engine to download it" if offer else "install it"
    raise EngineError(f"needs the Pulumi CLI; got no pulumi on the PATH; {do}")


_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"no stack named '(?P<a>[^']+)' found",
        "the backend has no stack {a}; create it with `pulumi stack init {a}`, or preview without --engine",
    ),
    (
        r"PULUMI_ACCESS_TOKEN must be set",
        "not logged in to a Pulumi backend; run `pulumi login`, or set PULUMI_ACCESS_TOKEN or PULUMI_BACKEND_URL",
    ),
    (
        r"passphrase must be set",
        "the stack's secrets need a passphrase; got none; set PULUMI_CONFIG_PASSPHRASE, or its _FILE",
    ),
    (r"incorrect passphrase", "the passphrase does not open the stack's secrets; correct PULUMI_CONFIG_PASSPHRASE"),
    (
        r"no resource plugin 'pulumi-resource-(?P<a>[^']+)' found.*?(?:at version v(?P<b>[\w.+-]+))",
        "the plugin of provider {a} {b} is not installed; run `pulumi plugin install resource {a} {b}`",
    ),
    (
        r"no resource plugin 'pulumi-resource-(?P<a>[^']+)'",
        "the plugin of provider {a} is not installed; run `pulumi plugin install resource {a}`",
    ),
    (
        r"no language plugin 'pulumi-language-(?P<a>[^']+)'",
        "pulumi-language-{a} is not beside the pulumi that is run; install the whole Pulumi CLI",
    ),
    (
        r"the stack is currently locked by|Another update is currently in progress",
        "another update of this stack is running; wait for it, or run `pulumi cancel` if it is dead",
    ),
    (
        r"unable to open state directory \"(?P<a>[^\"]+)\"",
        "the backend {a} cannot be opened; correct PULUMI_BACKEND_URL",
    ),
    (r"No module named '(?P<a>pulumi_policy)'", "a policy pack needs pulumi-policy; install it where the pack runs"),
    (r"policy pack not started", "a policy pack does not start; its own messages: {rest}"),
    (r"failed to load Pulumi policy project located at \"(?P<a>[^\"]+)\"", "{a} holds no policy pack that can be read"),
    (
        r"Have you run pip install\?|No module named 'pulumi'",
        "the project's Python has no pulumi; run `pulumi install`",
    ),
)


def explain(text: str, diagnostics: Sequence[Diagnostic] = ()) -> str | None:
    """Why the engine could not do its work, if that is one of the usual reasons."""
    said = "\n".join([text, *(each.message for each in diagnostics if each.severity in ("error", "info#err"))])
    for pattern, answer in _KNOWN:
        if match := re.search(pattern, said, re.DOTALL):
            return answer.format_map({**match.groupdict(default=""), "rest": _last(diagnostics)})
    return None


def complaint(text: str) -> str:
    """What the CLI printed, as one line: its errors, or the last thing it said."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:")]
    return _line("; ".join(errors) or (lines[-1] if lines else "it said nothing"))


_VERDICT = re.compile(r"preview failed$")
_EXIT = re.compile(r"program exited with non-zero exit code")


def program_errors(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    """Why the program ended early, each in one line; a traceback is told by its last line."""
    errors = [each for each in diagnostics if each.severity == "error" and not _VERDICT.search(each.message)]
    told = [each for each in errors if not _EXIT.search(each.message)]
    yield from (_cause(each.message) for each in told)
    if errors and not told:
        yield _last(diagnostics) or _line(errors[0].message)


def _cause(message: str) -> str:
    lines = [line for line in message.splitlines() if line.strip()]
    return _line(lines[-1] if "Traceback" in message and lines else message)


def _last(diagnostics: Sequence[Diagnostic]) -> str:
    """The last error that Python printed."""
    printed = [each.message.strip() for each in diagnostics if each.severity == "info#err"]
    errors = [line for line in printed if re.match(r"[\w.]+(Error|Exception|Exit)\b", line)]
    return _line((errors or printed or [""])[-1])


def _line(text: str) -> str:
    return " ".join(text.split())
