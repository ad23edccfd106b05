"""Cases of rules: resources that a rule must find fault with, and such that it must pass.

policies/queues.yaml, beside the rules of policies/queues.py:

    shop-queue-encrypted:
      fail:
        - {type: "aws:sqs/queue:Queue", inputs: {}}
      pass:
        - {type: "aws:sqs/queue:Queue", inputs: {kmsMasterKeyId: alias/shop}}

A case is one resource, or a list of them of which the first is judged and the others are there to be looked at;
`{parameters: {…}}` among them sets parameters of the rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eks_blueprints.core import clock
from eks_blueprints.core.document import Document, read
from eks_blueprints.core.errors import Problem, shown, unknown_name
from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import Context, Profile, Rule
from eks_blueprints.policies.stack import Resource, Stack

_VERDICTS = ("fail", "pass")
_KEYS = ("type", "name", "inputs", "options", "provider")


def tried(file: Path) -> tuple[int, list[Problem]]:
    """How many cases a file holds, and what is wrong with those that do not turn out as it says.

    Raises:
        InputError: if the file is not YAML.
    """
    document = read(file)
    count, problems = 0, []
    data = document.data if isinstance(document.data, Mapping) else {}
    if not data:
        return 0, [_problem(document, (), "holds no cases; got nothing; write a rule with fail and pass")]
    for id_, cases in data.items():
        if id_ not in rules():
            problems.append(_problem(document, (id_,), unknown_name(str(id_), rules(), "policy")))
            continue
        for verdict, path, scene in _scenes(document, str(id_), cases, problems):
            count += 1
            problems += _try(document, rules()[str(id_)], verdict, path, scene)
    return count, problems


def missing(rule: Rule, file: Path) -> str:
    """What cases a rule lacks in its file; empty if it has one that fails and one that passes."""
    data = read(file).data if file.is_file() else {}
    cases = data.get(rule.id) if isinstance(data, Mapping) else None
    lacking = [each for each in _VERDICTS if not (isinstance(cases, Mapping) and cases.get(each))]
    return " and ".join(lacking)


def outcome(rule: Rule, scene: Scene, profile: Profile = "production") -> str:
    """What a rule says about the first resource of a scene."""
    stack = Stack(scene.resources, "project", "test")
    first = stack.resources[0]
    return judge(rule, Context(stack, first, {**rule.params, **scene.parameters}, profile, clock.today()))[0]


@dataclass(frozen=True, slots=True)
class Scene:
    """A case: the resource that is judged, what is there besides, and parameters of the rule."""

    resources: list[Resource]
    parameters: Mapping[str, Any]

    @classmethod
    def of(cls, given: Any) -> Scene | None:
        """The scene that a case describes; None if it is no case."""
        entries = given if isinstance(given, list) else [given]
        settings = [each["parameters"] for each in entries if isinstance(each, Mapping) and set(each) == {"parameters"}]
        made = [
            _resource(each, index)
            for index, each in enumerate(entries)
            if not (isinstance(each, Mapping) and set(each) == {"parameters"})
        ]
        known = [each for each in made if each is not None]
        if not known or len(known) < len(made) or not all(isinstance(each, Mapping) for each in settings):
            return None
        return cls(known, {key: value for each in settings for key, value in each.items()})


def _scenes(
    document: Document, id_: str, cases: Any, problems: list[Problem]
) -> Iterator[tuple[str, tuple[str | int, ...], Scene]]:
    if not isinstance(cases, Mapping) or not set(cases) <= set(_VERDICTS):
        problems.append(_problem(document, (id_,), f"needs fail and pass; got {shown(cases)}; write lists under them"))
        return
    for verdict, listed in cases.items():
        for index, given in enumerate(listed if isinstance(listed, list) else [listed]):
            path = (id_, verdict, index)
            scene = Scene.of(given)
            if scene is None:
                message = f"is not a resource; got {shown(given)}; write type and inputs"
                problems.append(_problem(document, path, message))
                continue
            yield verdict, path, scene


def _resource(given: Any, index: int) -> Resource | None:
    if not isinstance(given, Mapping) or not isinstance(given.get("type"), str) or not set(given) <= set(_KEYS):
        return None
    name = str(given.get("name") or f"case-{index}")
    inputs = given.get("inputs")
    return Resource(
        urn=f"urn:{given['type']}::{name}",
        type=given["type"],
        name=name,
        inputs=inputs if isinstance(inputs, Mapping) else {},
        options=given.get("options") or {},
        provider=given.get("provider"),
    )


def _try(document: Document, rule: Rule, verdict: str, path: tuple[str | int, ...], scene: Scene) -> list[Problem]:
    first = scene.resources[0].type
    if rule.types and first not in rule.types and "kubernetes:*" not in rule.types:
        return [_problem(document, path, f"is not judged by {rule.id}; got {first}; write one of its types")]
    try:
        found = outcome(rule, scene)
    except Exception as error:
        message = f"makes {rule.id} fail; got {type(error).__name__}: {error}; fix the rule"
        return [_problem(document, path, message)]
    if found == verdict:
        return []
    return [_problem(document, path, f"must {verdict} by {rule.id}; got {found}; fix the rule or the case")]


def _problem(document: Document, path: tuple[str | int, ...], message: str) -> Problem:
    place = document.place(path)
    return Problem(path, message, document.file, place.line if place else None, place.column if place else None)
