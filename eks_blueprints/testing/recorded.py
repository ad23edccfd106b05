"""What a recorded program asked for, with assertions that read like the sentence they check."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import nearest
from eks_blueprints.recording import Plan, PlannedResource, Recording, record_directory
from eks_blueprints.recording import record as _record
from eks_blueprints.review.preview.facts import short_type

_STEP = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]]+)')


def record(program: Callable[[], Any], **settings: Any) -> Recorded:
    """Run a Pulumi program in this process and give what it asked for; needs no engine, network or credentials.

    `settings` are those of `eks_blueprints.recording.record`: `stack`, `project`, `config`, `stack_references`, ...

    Raises:
        ProgramError: if the program fails.
    """
    return Recorded(_record(program, **settings))


def record_stack(path: str | Path, name: str | None = None, **settings: Any) -> Recorded:
    """The same for a stack file; its name without the ending is the stack's name unless `name` gives another."""
    from eks_blueprints.stackfile.program import deploy

    file = Path(path)
    stack = name or file.stem
    return record(lambda: deploy(file, stack), stack=stack, **settings)


def record_program(folder: str | Path, stack: str, **settings: Any) -> Recorded:
    """The same for the program of a Pulumi project in `folder`, with the settings of one of its stacks.

    `settings` are those of `eks_blueprints.recording.record_directory`: `config`, `stack_references`, ...
    """
    return Recorded(record_directory(folder, stack, **settings))


class Resource:
    """One recorded resource."""

    def __init__(self, planned: PlannedResource, among: Recorded) -> None:
        self.planned = planned
        self._among = among

    @property
    def name(self) -> str:
        """Its logical name."""
        return self.planned.name

    @property
    def urn(self) -> str:
        """Its URN."""
        return self.planned.urn

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Its inputs in the provider's spelling; what only the cloud knows is symbolic, secrets are masked."""
        return self.planned.inputs

    def __getitem__(self, path: str) -> Any:
        """An input by path, such as `vpcConfig.subnetIds[0]` or `tags["kubernetes.io/role/elb"]`; text that holds JSON
        is looked into.

        Raises:
            AssertionError: if there is nothing at that path, naming what there is.
        """
        __tracebackhide__ = True
        found: Any = self.inputs
        for quoted, index, word in _STEP.findall(path):
            found = _json(found)
            key = quoted or word
            step: Any = int(index) if index else key
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                raise AssertionError(f"{self}: has no {path}; {_there_is(found, key)}") from None
        return found

    def get(self, path: str, default: Any = None) -> Any:
        """An input by path, or `default` where there is nothing."""
        __tracebackhide__ = True
        try:
            return self[path]
        except AssertionError:
            return default

    def has(self, expected: Mapping[str, Any] | None = None, /, **inputs: Any) -> Resource:
        """Assert inputs, by keyword or by path: `has(capacityType="SPOT")`, `has({"scalingConfig.minSize": 1})`."""
        __tracebackhide__ = True
        for path, value in {**(expected or {}), **inputs}.items():
            got = self[path]
            assert got == value, f"{self}: {path} is {got!r}, not {value!r}"  # noqa: S101
        return self

    def lacks(self, *paths: str) -> Resource:
        """Assert that there is nothing at any of these paths."""
        __tracebackhide__ = True
        missing = object()
        for path in paths:
            got = self.get(path, missing)
            assert got is missing, f"{self}: {path} is {got!r}, not absent"  # noqa: S101
        return self

    def waits_for(self, other: Resource | str) -> Resource:
        """Assert that this is made only after `other`, directly or through what lies between them."""
        __tracebackhide__ = True
        target = self._among.one(other) if isinstance(other, str) else other
        assert target.urn in self._among.before(self.urn), f"{self}: does not wait for {target}"  # noqa: S101
        return self

    def has_option(self, **options: Any) -> Resource:
        """Assert resource options: `has_option(protect=True, ignore_changes=["scalingConfig.desiredSize"])`."""
        __tracebackhide__ = True
        for name, value in options.items():
            got = self.planned.options.get(name)
            assert got == value, f"{self}: option {name} is {got!r}, not {value!r}"  # noqa: S101
        return self

    def __repr__(self) -> str:
        return f"{self.planned.type} {self.planned.name}"


class Recorded:
    """Everything one run of a program asked for."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.plan: Plan = recording.plan()
        self._resources = [Resource(planned, self) for planned in self.plan.resources]
        self._before: dict[str, set[str]] = {}

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the stack exports; secrets are masked."""
        return self.plan.outputs

    @property
    def urns(self) -> set[str]:
        """The URNs of all resources."""
        return {resource.urn for resource in self._resources}

    def all(self, what: str | type = "", name: str = "") -> list[Resource]:
        """Resources of a type and, if given, with `name` in their logical names.

        `what` is a token (`aws:eks/cluster:Cluster`), its short form as a preview prints it (`eks.Cluster`,
        `helm.Release`), its last part (`Cluster`), a class, or a name.
        """
        wanted = what if isinstance(what, str) else _token(what)
        return [r for r in self._resources if _is(r, wanted) and name in r.name]

    def one(self, what: str | type = "", name: str = "") -> Resource:
        """The only resource that `all` finds.

        Raises:
            AssertionError: if there is none, or more than one.
        """
        __tracebackhide__ = True
        found = self.all(what, name)
        if len(found) != 1:
            known = sorted({short_type(r.planned.type) for r in self._resources} - {"Stack"})
            listed = ", ".join(map(repr, found)) if found else f"there are {', '.join(known)}"
            raise AssertionError(f"expected one {what} {name}".rstrip() + f", found {len(found)}: {listed}")
        return found[0]

    def none(self, what: str | type, name: str = "") -> Recorded:
        """Assert that `all` finds nothing."""
        __tracebackhide__ = True
        found = self.all(what, name)
        assert not found, f"expected no {what}, found {found}"  # noqa: S101
        return self

    def before(self, urn: str) -> set[str]:
        """The URNs of all that is made before a resource."""
        if urn not in self._before:
            self._before[urn] = set()
            planned = self.plan.by_urn().get(urn)
            if planned is not None:
                direct = {*planned.dependencies, *filter(None, (planned.provider,))}
                self._before[urn] = direct.union(*(self.before(other) for other in direct))
        return self._before[urn]

    def is_valid(self) -> Recorded:
        """Assert that a provider would accept every input: no unknown, missing or mistyped property, nested or not."""
        __tracebackhide__ = True
        from eks_blueprints.review.preview.run import findings

        wrong = [f"{f.type} {f.name}: {f.message}" for f in findings(self.recording) if f.severity == "error"]
        assert not wrong, "\n".join(wrong)  # noqa: S101
        return self

    def adds_only(self, before: Recorded, *names: str) -> Recorded:
        """Assert that every resource of `before` keeps its URN and that each new one has one of `names` in its own."""
        __tracebackhide__ = True
        lost = before.urns - self.urns
        assert not lost, f"URNs are gone: {sorted(lost)}"  # noqa: S101
        strange = [urn for urn in sorted(self.urns - before.urns) if not any(n in urn for n in names)]
        assert not strange, f"unexpected new resources: {strange}"  # noqa: S101
        return self


def _is(resource: Resource, wanted: str) -> bool:
    token = resource.planned.type
    module, _, name = token.partition(":")[2].rpartition(":")
    names = (token, short_type(token), f"{module.split('/')[0]}.{name}", name, resource.name)
    return not wanted or wanted in names


def _token(cls: type) -> str:
    token = getattr(cls, "pulumi_type", None)
    if isinstance(token, str):
        return token
    from eks_blueprints.core.component import token_of

    return token_of(cls)


def _json(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _there_is(value: Any, key: str) -> str:
    if isinstance(value, Mapping):
        near = nearest(key, map(str, value)) if key else None
        return f"did you mean {near}?" if near else f"there is {_listed(value)}"
    if isinstance(value, list):
        return f"there are {len(value)} entries"
    return f"there is {value!r}"


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(map(str, names)) or "nothing"
