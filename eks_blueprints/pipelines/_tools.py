"""The programs that jobs need, and the lines of bash that install them: pinned, and held against a checksum.

An engine puts `install_lines` in front of the commands of a job, in the same shell.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Spec
from eks_blueprints.pipelines._job import Architecture

_FILE = Path(__file__).with_name("tools.toml")
CALLED: Mapping[Architecture, Mapping[str, str]] = {
    "x86_64": {"amd64": "amd64", "x64": "x64", "trivy": "64bit"},
    "arm64": {"amd64": "arm64", "x64": "arm64", "trivy": "ARM64"},
}
"""What releases call an architecture."""

_FETCH = "curl --fail --silent --show-error --location --proto '=https' --retry 3"

_URL = Form(
    r"https://(?!.*@)[\x21-\x7e]+", what="is not the URL of a download", do="write https://… without a user or token"
)
_SUM = Form(r"[0-9a-f]{64}", what="is not a SHA-256 checksum", do="write its 64 hex digits in lower case")
_NAME = Form(r"[a-z][a-z0-9-]{0,39}", what="is not the name of a program", do="use lowercase letters, digits and -")
_VERSION = Form(r"[0-9A-Za-z][\w.+-]{0,63}", what="is not a version", do="write one such as 4.2.3, without v")


class PinnedTool(Spec):
    """A program of your own, or another version of one that is known."""

    version: Annotated[str, AfterValidator(_VERSION)]
    """Its version, without `v`."""

    url: Annotated[str, AfterValidator(_URL)] | None = None
    """Where it is downloaded; `{version}` stands for the version and `{amd64}` for `amd64` or `arm64`. Required for a
    program that is not known here."""

    member: str | None = None
    """Its file in the archive, for `.tar.gz` and `.tgz`. Default: as for the known program; the download itself."""

    sha256: dict[Architecture, Annotated[str, AfterValidator(_SUM)]]
    """Checksum of the download for each architecture that jobs run on."""


class ToolsArgs(Spec):
    """Where jobs get the programs that they need besides bash, git and the AWS CLI."""

    mirror: Annotated[str, AfterValidator(_URL)] | None = None
    """URL of a mirror: it holds `<program>/<version>/<file of the release>`. Default: each project's own releases."""

    pinned: dict[Annotated[str, AfterValidator(_NAME)], PinnedTool] = {}
    """Other versions of known programs (`kubectl`, `helm`, `kustomize`, `yq`, `jq`, `cosign`, `trivy`, `kubeconform`,
    `helm-unittest`, `pulumi`), and programs of your own, by name."""

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        faults = Faults()
        for name, each in self.pinned.items():
            if each.url is None and name not in _table():
                faults.add(
                    ("pinned", name, "url"), f"is required for a program of your own; got none for {name}; add it"
                )
            if not each.sha256:
                faults.add(("pinned", name, "sha256"), "needs a checksum; got {}; add one for x86_64 or arm64")
        faults.raise_if_any()
        return self


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A program for one architecture."""

    name: str
    version: str
    url: str
    member: str | None
    sha256: str | None
    """Checksum of the download; None where only the release's own list has one."""
    sums: str | None
    """That list."""


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: row for name, row in found.items() if isinstance(row, dict)}


def known(settings: ToolsArgs | None = None) -> tuple[str, ...]:
    """Names of the programs that jobs can ask for."""
    return tuple(sorted({*_table(), *(settings.pinned if settings is not None else ())}))


def tool(name: str, architecture: Architecture, settings: ToolsArgs | None = None) -> Tool:
    """A program as it is installed.

    Raises:
        KeyError: if it is not known, or has no download for the architecture.
    """
    settings = settings or ToolsArgs()
    own = settings.pinned.get(name)
    row: Mapping[str, Any] = _table().get(name, {})
    if own is None and not row:
        raise KeyError(name)
    version = own.version if own is not None else row["version"]
    words = {"version": version, **CALLED[architecture]}
    member = (own.member if own is not None else None) or row.get("member")
    url = filled((own.url if own is not None else None) or row["url"], words)
    if settings.mirror is not None:
        url = f"{settings.mirror.rstrip('/')}/{name}/{version}/{url.rpartition('/')[2]}"
    return Tool(
        name=name,
        version=version,
        url=url,
        member=filled(member, words) if member else None,
        sha256=own.sha256[architecture] if own is not None else row.get(architecture),
        sums=filled(row["sums"], words) if own is None and architecture not in row else None,
    )


def install_lines(
    tools: Iterable[str], architecture: Architecture, settings: ToolsArgs | None = None
) -> tuple[str, ...]:
    """Lines of bash that install programs for the rest of the job; none where it needs none."""
    wanted = [tool(name, architecture, settings) for name in dict.fromkeys(tools)]
    if not wanted:
        return ()
    lines = ['TOOLS="$(mktemp -d)"', 'export PATH="$TOOLS:$PATH"']
    for each in wanted:
        lines += _installed(each)
    return tuple(lines)


def _installed(each: Tool) -> Iterator[str]:
    program = f"$TOOLS/{each.name}"
    target = f"{program}.download" if each.member else program
    yield f'{_FETCH} --output "{target}" {shlex.quote(each.url)}'
    if each.sha256 is not None:
        yield f'echo "{each.sha256}  {target}" | sha256sum -c -'
    else:
        file = re.escape(each.url.rpartition("/")[2])
        yield f'{_FETCH} --output "$TOOLS/sums" {shlex.quote(str(each.sums))}'
        yield f'echo "$(sed -n \'s/^\\([0-9a-f]*\\)  {file}$/\\1/p\' "$TOOLS/sums")  {target}" | sha256sum -c -'
    if each.member:
        folder, _, file = each.member.rpartition("/")
        depth = folder.count("/") + 1 if folder else 0
        one = f" {shlex.quote(each.member)}" if file else ""
        yield f'tar -xzf "{target}" -C "$TOOLS" --strip-components={depth}{one}'
        if file not in ("", each.name):
            yield f'mv "$TOOLS/{file}" "{program}"'
    yield f'chmod +x "{program}"'


def filled(text: str, words: Mapping[str, str]) -> str:
    """A template of the table with its words filled in."""
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text
