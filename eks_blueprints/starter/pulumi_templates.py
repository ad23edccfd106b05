"""The same repositories as templates of `pulumi new`, and the checks of pull requests for other repositories.

python -m eks_blueprints.starter.pulumi_templates templates
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from eks_blueprints.starter import checks
from eks_blueprints.starter.answers import HOSTS, PRESETS, Answers, example_requirement
from eks_blueprints.starter.repository import repository

_FILLED_IN_BY_PULUMI = {name: f"${{{name}}}" for name in ("PROJECT", "DESCRIPTION")}
_KEPT = {
    "github": "https://github.com/acme/eks-blueprints",
    "gitlab": "https://gitlab.example.com/platform/eks-blueprints",
    "bitbucket": "https://bitbucket.org/acme/eks-blueprints",
}
"""Where the checks of other repositories install this package from for the comment."""
_PATHS = ("stacks/**", "**.py", "requirements.lock", "Pulumi.yaml")


def all_files() -> dict[str, str]:
    """The text of every generated file of `templates/`, by its path with slashes."""
    return dict(_all_files())


def _all_files() -> Iterator[tuple[str, str]]:
    for preset, what in PRESETS.items():
        answers = Answers(name="example", preset=preset, ci=HOSTS[0], requirement=example_requirement())
        for path, text in repository(answers, answers.values() | _FILLED_IN_BY_PULUMI).items():
            head = f'template:\n  description: "Amazon EKS with {what}"\n' if path == "Pulumi.yaml" else ""
            yield f"{preset}/{path}", text + head
    for host in HOSTS:
        for path, text in checks.files(host, _check(host)).items():
            yield f"ci/{host}/{path.rpartition('/')[2].removeprefix('.')}", text


def _check(host: str) -> checks.Check:
    install: tuple[str, ...] = ()
    if host in _KEPT:
        install = (
            "# Where you keep eks_blueprints; better than a tag is the hash of a commit.",
            f"git clone --quiet --depth 1 --branch v1 {_KEPT[host]} trusted",
            "pip install --quiet --require-hashes -r trusted/requirements.lock",
            "pip install --quiet --no-deps --no-build-isolation ./trusted",
        )
    return checks.Check(requirements="requirements.lock", install=install, paths=_PATHS)


def write(folder: Path) -> None:
    """Write them below a folder."""
    for path, text in all_files().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "templates"))
