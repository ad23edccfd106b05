"""Leaves out what a stack file refuses, and says so of the values that it came from."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.errors import InputError, Path, Problem, dotted
from eks_blueprints.lifecycle.importers.eksctl.build import Build

_KEPT: tuple[Path, ...] = (
    (),
    ("region",),
    ("access",),
    ("cluster",),
    ("cluster", "name"),
    ("cluster", "version"),
    ("compute",),
    ("network",),
    ("network", "vpc_id"),
    ("network", "subnets"),
)
"""Without these there is no stack file, or one of another cluster."""
_FORM = "is not a valid "
_SAMPLES = {
    "ARN of a policy": "arn:aws:iam::000000000000:policy/yours-{0}",
    "ARN of a role": "arn:aws:iam::000000000000:role/yours-{0}",
    "ARN of an IAM principal": "arn:aws:iam::000000000000:role/yours-{0}",
    "ARN of an instance profile": "arn:aws:iam::000000000000:instance-profile/yours-{0}",
    "id of a gateway": "tgw-{0:017x}",
    "ARN of a KMS key": "arn:aws:kms:{1}:000000000000:key/yours-{0}",
    "ARN of a target group": "arn:aws:elasticloadbalancing:{1}:000000000000:targetgroup/yours/{0:016x}",
    "ARN of an instance of IAM Identity Center": "arn:aws:sso:::instance/ssoins-{0:016x}",
    "id of a security group": "sg-{0:017x}",
    "id of a launch template": "lt-{0:017x}",
    "id of an image": "ami-{0:017x}",
    "id of a snapshot": "snap-{0:017x}",
    "id of a subnet": "subnet-{0:017x}",
}
"""What stands for an id or an ARN that is none, by what it is of: AWS knows none of them, so that nothing is made until
the user has written the right one."""
_ROUNDS = 80


def judge(build: Build, text: Any) -> list[Problem]:
    """Take out of a stack file what its check refuses, until it refuses nothing; what it still does is returned.

    Args:
        build: What was made.
        text: Makes the text of the stack file.
    """
    for _ in range(_ROUNDS):
        found = problems(text(build.data))
        # From the end, so that the places in lists stay right.
        last_first = sorted(found, key=lambda each: [str(part).zfill(6) for part in each.path], reverse=True)
        changed: list[Path] = []
        for each in last_first:
            # Of what is gone already nothing more is said.
            gone = any(each.path[: len(path)] == path for path in changed)
            if not gone and (_stand_in(build, each) or _leave_out(build, each) or _not_installed(build, each)):
                changed.append(each.path)
        if not changed:
            break
    else:
        found = problems(text(build.data))
    return [_at_source(build, each) for each in found]


def _at_source(build: Build, problem: Problem) -> Problem:
    """A problem of the stack file at the place in the source that it comes from."""
    document = build.source.document
    sources = sorted(_sources(build, _existing(build.data, problem.path)), key=len) if problem.path else []
    place = document.place(sources[0]) if sources else None
    return problem.at(document.file, place.line if place else 1, place.column if place else 1)


def problems(text: str, name: str = "stack.yaml") -> list[Problem]:
    """What is wrong with the text of a stack file, which messages call by a name."""
    from eks_blueprints.stackfile import open_stack

    with tempfile.TemporaryDirectory() as folder:
        file = FilePath(folder) / "stack.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            open_stack(file, name)
        except InputError as error:
            return list(error.problems)
    return []


def _stand_in(build: Build, problem: Problem) -> bool:
    """Write what stands for an id that has not its form; False where none is known."""
    what = problem.message.removeprefix(_FORM).partition(";")[0]
    path = problem.path
    if (
        path != _existing(build.data, path)
        or not problem.message.startswith(_FORM)
        or what not in _SAMPLES
        or path in build.yours
    ):
        return False
    for source in _sources(build, path):
        build.told.setdefault(source, []).append(f"{problem.message}, as {dotted(path)}")
    inside = _value(build.data, path[:-1])
    inside[path[-1]] = _SAMPLES[what].format(len(build.yours) + 1, build.data.get("region"))
    build.yours[path] = what
    return True


def _leave_out(build: Build, problem: Problem) -> bool:
    """Take out the part that a problem is about; False where it cannot be."""
    path = _existing(build.data, problem.path)
    if path in _KEPT or _of_a_group(path) or (len(path) == 1 and path != problem.path):
        # A whole group, such as the add-ons, is not to blame for a member that it has not.
        return False
    sources = _sources(build, path)
    _remove(build.data, path)
    build.defaults = [each for each in build.defaults if each.path[: len(path)] != path]
    for source in sources:
        build.became[source] = [each for each in build.became[source] if not _inside(path, each)]
        build.told.setdefault(source, []).append(f"is left out as {dotted(path)}: {problem.message}")
        if not build.became[source]:
            del build.became[source]
    if not sources:
        build.differs.append(f"{dotted(path)}: is left out: {problem.message}")
    return True


def _not_installed(build: Build, problem: Problem) -> bool:
    """Take out of the core add-ons one that no node of the file could run, as eksctl installs it unasked."""
    core = build.data.get("core_addons", [])
    if problem.path[:1] != ("addons",) or len(problem.path) != 2 or problem.path[1] not in core:
        return False
    build.data["core_addons"] = [each for each in core if each != problem.path[1]]
    build.differs.append(f"core_addons: {problem.path[1]} is left out: it {problem.message}; then add it")
    return True


def _of_a_group(path: Path) -> bool:
    """Whether it is a group of nodes as a whole, or its instance types: without them other nodes would run."""
    return path[:1] == ("compute",) and (len(path) == 2 or path[2:3] == ("instance_types",))


def _sources(build: Build, path: Path) -> list[Path]:
    """The values of the source that a part of the stack file says."""
    below = [source for source, targets in build.became.items() if any(each[: len(path)] == path for each in targets)]
    return below or [
        source
        for source, targets in build.became.items()
        if any(_inside(path, each) and not _is_element(each) and _says(build, source, path, each) for each in targets)
    ]


def _is_element(target: Path) -> bool:
    """Whether it is an element as a whole, of which only its name is said; the cluster and the network are none."""
    return len(target) == 2 and target[0] not in ("cluster", "network")


def _inside(path: Path, target: Path) -> bool:
    """Whether a value that went to `target` is at `path`, or encloses it as a whole."""
    return target[: len(path)] == path or path[: len(target)] == target


def _says(build: Build, source: Path, path: Path, target: Path) -> bool:
    """Whether a value is the member of a list or mapping that is meant, or stands inside of it."""
    said = _value(build.source.document.data, source)
    member = path[len(target)]
    if isinstance(member, str) and member == source[-1]:
        return True
    inside = [_value(build.data, path[:length]) for length in range(len(target) + 1, len(path) + 1)]
    return any(each == said for each in inside)


def _value(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _existing(data: Any, path: Path) -> Path:
    """The longest beginning of a path that is there."""
    for index, part in enumerate(path):
        there = isinstance(data, dict) and part in data
        listed = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if not (there or listed):
            return path[:index]
        data = data[part]
    return path


def _remove(data: Any, path: Path) -> None:
    inside: list[Any] = [data]
    for part in path[:-1]:
        inside.append(inside[-1][part])
    parts: Sequence[Any] = path
    while parts:
        del inside[-1][parts[-1]]
        # A mapping that nothing is left in says nothing; an element does.
        if inside[-1] or len(parts) <= 3:
            return
        inside, parts = inside[:-1], parts[:-1]
