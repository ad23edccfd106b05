"""A pipeline as engines that are text see it: what each stage runs, as whom, and whether pull requests run it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.role_spec import ROLE_NAME_LIMIT
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._job import Gate, Job, Output, Site
from eks_blueprints.pipelines._roles import Statement, statements
from eks_blueprints.pipelines.engines._fetch import fetched
from eks_blueprints.pipelines.stages.find import Find
from eks_blueprints.pipelines.stages.source import HOSTS, Source

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines.stages.base import Stage

ACCOUNT = "${AWS_ACCOUNT_ID}"
"""Stands for the account in rendered texts where the stack does not say it; jobs have that variable then."""
MARK = "eks-blueprints pipeline render"
"""Says in each rendered file who wrote it."""
_HASH = 8


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage."""

    stage: Stage
    work: Job | Gate
    needs: tuple[str, ...]
    """Names of the stages that it waits for, without the checkout that every job has."""
    inputs: tuple[str, ...]
    """Artifacts that other jobs made."""
    parts: Mapping[str, tuple[str, ...]]
    """Of inputs and outputs that each run of a matrix adds files to: what sets the runs apart."""
    outputs: dict[str, Output]
    environment: Environment | None
    role_arn: str | None
    """The role that it assumes; None where it needs nothing of AWS."""
    region: str
    reviewed: bool
    """Whether it runs for pull requests: without an environment, a role or a decision, as all that it waits for."""

    @property
    def name(self) -> str:
        """Name of the stage."""
        return self.stage.name

    @property
    def deferred(self) -> tuple[str, ...]:
        """Outputs that are kept where the job fails too."""
        return tuple(name for name, output in self.outputs.items() if output.always)


def code(graph: Graph) -> Source:
    """The repository that the file of the engine is part of, and that every job checks out: the first source."""
    return graph.sources[0]


def steps(graph: Graph, ref: PipelinesRef) -> tuple[Step, ...]:
    """The stages that run something or decide, in the order in which they can run.

    Raises:
        InputError: if something that the text has to say is known only when the stack is deployed.
    """
    found: dict[str, Step] = {}
    first = code(graph)
    for level in graph.levels:
        for stage in level:
            if stage is first:
                continue
            site = site_of(graph, ref, stage)
            work = work_of(graph, stage, site)
            needs = tuple(name for name in graph.nearest[stage.name] if name in found)
            inputs = tuple(name for name in graph.inputs[stage.name] if graph.makers[name] is not first)
            role = role_arn(graph, ref, stage) if isinstance(work, Job) and statements(site, work) else None
            tokens = isinstance(work, Gate) or bool(work.identity_tokens)
            plain = stage.environment is None and role is None and not tokens
            outputs = {} if isinstance(work, Gate) else dict(stage.outputs())
            own = _runs(work)
            parts = {name: found[graph.makers[name].name].parts.get(name, ()) for name in inputs}
            parts |= {name: own if output.in_parts else () for name, output in outputs.items()}
            found[stage.name] = Step(
                stage=stage,
                work=_plain(stage, work),
                needs=needs,
                inputs=inputs,
                parts={name: each for name, each in parts.items() if each},
                outputs=outputs,
                environment=site.environment,
                role_arn=role,
                region=site.cluster_region,
                reviewed=plain and all(found[name].reviewed for name in graph.needs[stage.name] if name in found),
            )
    return tuple(found.values())


def _runs(work: Job | Gate) -> tuple[str, ...]:
    return tuple("-".join(run.values()) for run in work.runs) if isinstance(work, Job) else ()


def only_reviews(source: Source) -> bool:
    """Whether nothing but pull requests starts a pipeline, where whoever starts a run by hand wants all of it."""
    return set(source.on) == {"pull_request"}


def site_of(graph: Graph, ref: PipelinesRef, stage: Stage) -> Site:
    """What a stage is told."""
    environment = graph.environment(stage)
    parts = {"region": ref.region, "partition": ref.partition, "account": ref.account, "tools": ref.tools}
    return Site(pipeline=graph.name, environment=environment, **parts)  # type: ignore[arg-type]


def work_of(graph: Graph, stage: Stage, site: Site) -> Job | Gate:
    """What a stage runs; of a source that is no repository of code, what fetches it."""
    return fetched(stage, site) if isinstance(stage, Source) else graph.work(stage, site)


def allowed(graph: Graph, ref: PipelinesRef, stage: Stage) -> tuple[Statement, ...]:
    """What the role of a stage may do; nothing for one that needs no role."""
    if stage is code(graph):
        return ()
    site = site_of(graph, ref, stage)
    work = work_of(graph, stage, site)
    return statements(site, work) if isinstance(work, Job) else ()


def role_name(graph: Graph, ref: PipelinesRef, stage: Stage) -> str:
    """Name of the role of a stage: rendered texts say it, so it is the same before and after it is made."""
    name = f"{ref.iam.role_name_prefix or ''}{ref.prefix}-{graph.name}-{stage.name.replace('_', '-')}"
    if len(name) <= ROLE_NAME_LIMIT:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
    return f"{name[: ROLE_NAME_LIMIT - _HASH - 1].rstrip('-')}-{digest}"


def role_arn(graph: Graph, ref: PipelinesRef, stage: Stage) -> str:
    """ARN of the role of a stage, as a rendered text says it."""
    account = ref.account if isinstance(ref.account, str) else ACCOUNT
    return f"arn:{ref.partition}:iam::{account}:role{ref.iam.path or '/'}{role_name(graph, ref, stage)}"


def has_roles(graph: Graph, ref: PipelinesRef) -> bool:
    """Whether some stage has a role of its own."""
    return any(step.role_arn is not None for step in steps(graph, ref))


def any_text(glob: str) -> str:
    """A pattern of tags as IAM has them, in which `*` alone stands for others: it takes all that the pattern does."""
    return re.sub(r"(\[[^\]]*\][+?*]?|\?|\*+|[^*]\+)+", "*", glob)


def problems_of_sources(graph: Graph, engine: str, hosts: tuple[str, ...]) -> Iterator[Problem]:
    """Sources that an engine cannot start from or check out; paths begin with the name of a stage."""
    first, *others = graph.sources
    if first.provider not in hosts:
        do = f"put a source of {' or '.join(hosts)} first, or choose another engine"
        yield Problem((first.name, "provider"), f"is not what {engine} starts from; got {first.provider}; {do}")
    for stage in graph.stages:
        if isinstance(stage, Find) and stage.starts:
            do = "remove it, and set a schedule for the first source"
            yield Problem((stage.name, "starts"), f"does not start a pipeline of {engine}; got true; {do}")
    for source in others:
        if source.provider in HOSTS or source.provider == "codecommit":
            what = f"is a second repository of code, of which {engine} checks out one"
            do = "take what it publishes, from ecr or s3, or use codepipeline"
            yield Problem((source.name, "provider"), f"{what}; got {source.provider} {source.repository}; {do}")
        elif "push" in source.on:
            do = "set on: [] for it, and a schedule for the first source"
            message = f"does not start a pipeline of {engine}, which takes what is there when it runs; got push; {do}"
            yield Problem((source.name, "on"), message, severity="warning")


def problems_of_tags(graph: Graph, engine: str) -> Iterator[Problem]:
    """Patterns of tags that GitHub alone knows, for engines in which these would be tags of that very name."""
    source = code(graph)
    for index, tag in enumerate(source.tags):
        if sign := next((each for each in tag if each in "?+[]{}!"), None):
            do = "write * for any text, such as v*"
            yield Problem((source.name, "tags", index), f"has a {sign} that {engine} does not know; got {tag}; {do}")


def _plain(stage: Stage, work: Job | Gate) -> Job | Gate:
    """The work, all of which can be written down now."""
    if isinstance(work, Gate):
        return work
    texts: dict[str, In[str]] = {f"variables.{name}": value for name, value in work.variables.items()}
    texts |= {f"secrets.{name}": value for name, value in work.secrets.items()}
    texts |= {f"commands[{index}]": value for index, value in enumerate(work.commands)}
    do = "write it down, or use codepipeline"
    if late := [name for name, value in texts.items() if not isinstance(value, str)]:
        message = f"is known only when the stack is deployed, and is part of a text; got {late[0]}; {do}"
        raise InputError([Problem((stage.name,), message)])
    return work
