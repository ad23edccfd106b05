"""Jenkins on EKS: a declarative Jenkinsfile whose jobs are pods, each with the role of its stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._job import Gate, Job, Site
from eks_blueprints.pipelines.engines import _guards
from eks_blueprints.pipelines.engines._pod import pod, service_account
from eks_blueprints.pipelines.engines._script import script
from eks_blueprints.pipelines.engines._steps import (
    ACCOUNT,
    MARK,
    Step,
    code,
    only_reviews,
    problems_of_sources,
    problems_of_tags,
    steps,
)
from eks_blueprints.pipelines.engines._text import secrets
from eks_blueprints.pipelines.engines._yaml import text

if TYPE_CHECKING:
    from eks_blueprints.pipelines._engines import JenkinsArgs
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines.base import Pipeline
    from eks_blueprints.pipelines.stages.base import Stage
    from eks_blueprints.pipelines.stages.source import Source

FILE = "Jenkinsfile"
_MARGIN = "    "
_RUNS = " + '-' + "


def render(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, str]:
    """The files of a pipeline: path in the repository to text."""
    found = steps(graph, ref)
    args = _args(ref)
    files = {FILE: _file(pipeline, graph, found, args)}
    if accounts := _service_accounts(graph, found, args):
        files[f"jenkins/{graph.name}-service-accounts.yaml"] = accounts
    return files | _guards.files(pipeline, graph, found, files)


def build(component: Any, pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, Any]:
    """Make the roles of its jobs, and associate them with the service accounts of their pods."""
    import pulumi_aws as aws

    from eks_blueprints.core.component import merge_tags
    from eks_blueprints.pipelines._environment import Environment
    from eks_blueprints.pipelines._roles import cluster_arn
    from eks_blueprints.pipelines.engines import _oidc

    args = _args(ref)
    site = Site(pipeline=graph.name, region=ref.region, partition=ref.partition, account=ref.account)
    cluster = cluster_arn(site, Environment(cluster=args.cluster))

    def trusted(stage: Stage) -> In[str]:
        return _oidc.trust_of_pod(cluster, args.namespace, service_account(graph.name, stage.name))

    made = _oidc.roles(component, pipeline, graph, ref, trusted)
    for stage, arn in made.get("role_arns", {}).items():
        aws.eks.PodIdentityAssociation(
            f"{component.pulumi_resource_name}-{stage.replace('_', '-')}-identity",
            cluster_name=args.cluster,
            namespace=args.namespace,
            service_account=service_account(graph.name, stage),
            role_arn=arn,
            tags=merge_tags(ref.tags, pipeline.tags) or None,
            opts=component.child(),
        )
    return made


def problems(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Iterator[Problem]:
    """What Jenkins cannot do of it; paths begin with the name of a stage."""
    if ref.engines.jenkins is None:
        message = "needs to know the cluster that Jenkins runs on; got none; set engines.jenkins: {cluster: NAME}"
        yield Problem((), message)
        return
    yield from problems_of_sources(graph, "Jenkins", ("github", "gitlab", "bitbucket", "codecommit"))
    yield from problems_of_tags(graph, "Jenkins")
    for step in steps(graph, ref):
        if isinstance(step.work, Job) and step.work.comments:
            do = "use github_actions, gitlab_ci or bitbucket_pipelines"
            message = f"comments on pull requests, for which Jenkins has no token of a job's own; got jenkins; {do}"
            yield Problem((step.name,), message)
        if isinstance(step.work, Job) and step.work.identity_tokens:
            do = "sign with a key of KMS, or choose another engine"
            message = f"needs a token that says who its job is, which Jenkins has not; got {step.name}; {do}"
            yield Problem((step.name,), message)
    source = code(graph)
    if source.tags:
        what = "start it where the job of Jenkins is told to discover tags and to build them"
        message = f"{what}; got {source.tags[0]}; set it in the job's branch sources"
        yield Problem((source.name, "tags"), message, severity="warning")
    if "pull_request" in source.on and any(step.role_arn for step in steps(graph, ref)):
        what = "runs the Jenkinsfile of the change, which can name any service account of the agents' namespace"
        do = "let Jenkins build pull requests of people you trust alone, or in another namespace"
        yield Problem((source.name, "on"), f"{what}; got pull_request; {do}", severity="warning")


def _args(ref: PipelinesRef) -> JenkinsArgs:
    if ref.engines.jenkins is None:
        raise TypeError("problems() has said that there is none")
    return ref.engines.jenkins


def _file(pipeline: Pipeline, graph: Graph, found: tuple[Step, ...], args: JenkinsArgs) -> str:
    source = code(graph)
    by_name = {step.name: step for step in found}
    lines = [f"// Written by {MARK}: change the stack file, not this file.", "pipeline {", f"{_MARGIN}agent none"]
    if triggers := [*_triggers(source)]:
        lines += _block("triggers", triggers)
    if parameters := [*_parameters(pipeline)]:
        lines += _block("parameters", parameters)
    beside = pipeline.execution_mode == "PARALLEL"
    lines += _block("options", [*([] if beside else ["disableConcurrentBuilds()"]), "skipDefaultCheckout()"])
    environment = {"PIPELINE": graph.name}
    lines += _block("environment", [f"{name} = {quoted(value)}" for name, value in environment.items()])
    lines.append(f"{_MARGIN}stages {{")
    for number, level in enumerate(graph.levels):
        level_steps = [by_name[stage.name] for stage in level if stage.name in by_name]
        if len(level_steps) == 1:
            lines += _indented(_stage(level_steps[0], graph, args), 2)
        elif level_steps:
            inner = [line for step in level_steps for line in _stage(step, graph, args)]
            parallel = [
                f"stage('level {number}') {{",
                f"{_MARGIN}parallel {{",
                *_indented(inner, 2),
                f"{_MARGIN}}}",
                "}",
            ]
            lines += _indented(parallel, 2)
    lines += [f"{_MARGIN}}}", "}"]
    return "\n".join(lines) + "\n"


def _triggers(source: Source) -> Iterator[str]:
    if source.schedule is not None:
        yield f"cron({quoted('TZ=UTC' + chr(10) + source.schedule)})"


def _parameters(pipeline: Pipeline) -> Iterator[str]:
    for name, each in pipeline.variables.items():
        said = f"name: {quoted(name)}, defaultValue: {quoted(each.default_value)}"
        yield f"string({said}, description: {quoted(each.description)})"


def _stage(step: Step, graph: Graph, args: JenkinsArgs) -> list[str]:
    lines = [f"stage({quoted(step.name)}) {{"]
    if conditions := _when(step, code(graph)):
        lines += _block("when", conditions)
    minutes = step.work.timeout_minutes
    options = [f"timeout(time: {minutes}, unit: 'MINUTES')"]
    if step.stage.holds is not None and isinstance(step.work, Job):
        options.append(f"lock(resource: {quoted('environment-' + step.stage.holds)})")
    lines += _block("options", options)
    body = _decision(step.work) if isinstance(step.work, Gate) else _job(step, step.work, graph, args)
    if isinstance(step.work, Job) and step.work.matrix:
        body = _matrix(step, step.work, body)
    return [*lines, *_indented(body, 1), "}"]


def _matrix(step: Step, job: Job, body: list[str]) -> list[str]:
    axes: list[str] = []
    for name, values in job.matrix.items():
        each = ", ".join(map(quoted, values))
        axes += ["axis {", f"{_MARGIN}name {quoted(name)}", f"{_MARGIN}values {each}", "}"]
    inner = [
        "axes {",
        *_indented(axes, 1),
        "}",
        "stages {",
        f"{_MARGIN}stage({quoted(step.name + ' of the matrix')}) {{",
    ]
    return ["matrix {", *_indented([*inner, *_indented(body, 2), f"{_MARGIN}}}", "}"], 1), "}"]


def _when(step: Step, source: Source) -> list[str]:
    """Before an agent is started: branches and tags that start it, and no pull request where that is said."""
    first = [] if isinstance(step.work, Gate) else ["beforeAgent true"]
    if step.stage.reviews and not only_reviews(source):
        return [*first, *_changed(source), f"changeRequest target: {quoted(source.branch)}"]
    if step.reviewed and "pull_request" in source.on:
        conditions = _started(source)
        started = f"allOf {{ {'; '.join(conditions)} }}" if len(conditions) > 1 else conditions[0]
        return [*first, *_changed(source), f"anyOf {{ changeRequest target: {quoted(source.branch)}; {started} }}"]
    return [*first, *_changed(source), "not { changeRequest() }", *_started(source)]


def _started(source: Source) -> list[str]:
    by_push = [] if "push" in source.on else ["anyOf { triggeredBy 'TimerTrigger'; triggeredBy 'UserIdCause' }"]
    return [*by_push, _ref(source)]


def _ref(source: Source) -> str:
    if not source.tags:
        return f"branch {quoted(source.branch)}"
    tags = "; ".join(f"tag pattern: {quoted(tag)}, comparator: 'GLOB'" for tag in source.tags)
    return f"anyOf {{ {tags} }}" if len(source.tags) > 1 else tags


def _changed(source: Source) -> list[str]:
    if not source.paths or source.tags:
        return []
    paths = "; ".join(f"changeset {quoted(path)}" for path in source.paths)
    # Whoever starts it by hand, or the clock, has changed no file.
    return [f"anyOf {{ {paths}; triggeredBy 'UserIdCause'; triggeredBy 'TimerTrigger' }}"]


def _decision(gate: Gate) -> list[str]:
    message = f"{gate.message} {gate.link}" if gate.link else gate.message
    submitters = ",".join(each.removeprefix("@") for each in gate.approvers)
    return [
        "steps {",
        f"{_MARGIN}script {{",
        f"{_MARGIN * 2}def approver = input(message: {quoted(message)},",
        f"{_MARGIN * 2}    submitter: {quoted(submitters)}, submitterParameter: 'APPROVER')",
        f"{_MARGIN * 2}for (changes in currentBuild.changeSets) {{",
        f"{_MARGIN * 3}for (change in changes.items) {{",
        f"{_MARGIN * 4}if (change.author.id == approver) {{",
        f"{_MARGIN * 5}error('nobody approves their own change; ask another approver: ' + approver)",
        f"{_MARGIN * 4}}}",
        f"{_MARGIN * 3}}}",
        f"{_MARGIN * 2}}}",
        f"{_MARGIN}}}",
        "}",
    ]


def _job(step: Step, job: Job, graph: Graph, args: JenkinsArgs) -> list[str]:
    lines = [
        "agent {",
        f"{_MARGIN}kubernetes {{",
        f"{_MARGIN * 2}namespace {quoted(args.namespace)}",
        f"{_MARGIN * 2}defaultContainer 'job'",
        f"{_MARGIN * 2}yaml {block(text(pod(step, job, graph.name, args), spaced=False))}",
        f"{_MARGIN}}}",
        "}",
    ]
    said = {"AWS_REGION": step.region}
    if step.stage.reviews:
        said["BASE_BRANCH"] = code(graph).branch
    said |= {name: str(value) for name, value in job.variables.items()}
    lines += ["environment {", *(f"{_MARGIN}{name} = {_value(value)}" for name, value in said.items()), "}"]
    inner = ["checkout scm"] if job.checkout else []
    stashes = [each for name in step.inputs for each in (_parts(step, name) or (name,))]
    inner += [f"unstash {quoted(each)}" for each in stashes]
    inner.append(f"sh {block(_script(step, job))}")
    for name in step.outputs:
        own = f"{quoted(f'{name}.')} + {_RUNS.join(f'env.{axis}' for axis in job.matrix)}"
        stash = own if name in step.parts else quoted(name)
        inner.append(f"stash name: {stash}, includes: {quoted(f'artifacts/{name}/**')}")
    lines += ["steps {", *_indented(inner, 1), "}"]
    if always := [*_reported(step, job)]:
        lines += ["post {", f"{_MARGIN}always {{", *_indented(always, 2), f"{_MARGIN}}}", "}"]
    return lines


def _parts(step: Step, name: str) -> list[str]:
    return [f"{name}.{each}" for each in step.parts.get(name, ())]


def _script(step: Step, job: Job) -> str:
    # The variables of every job; a shebang keeps Jenkins from printing each line with its values.
    before = [
        'export BRANCH="${CHANGE_BRANCH:-${BRANCH_NAME:-}}" RUN="$BUILD_NUMBER" RUN_URL="$BUILD_URL"',
    ]
    if job.checkout:
        before.append('COMMIT="$(git rev-parse HEAD)"')
    else:
        before.append('COMMIT="${GIT_COMMIT:-}"')
    before.append("export COMMIT")
    if job.runner.docker:
        before.append("docker buildx create --name pod --driver remote --use unix:///run/buildkit/buildkitd.sock")
    return "#!/usr/bin/env bash\n" + script(job, step.outputs, before=[*before, *secrets(job)])


def _reported(step: Step, job: Job) -> Iterator[str]:
    for report in job.reports.values():
        for path in report.paths:
            if report.kind == "junit":
                yield f"junit allowEmptyResults: true, testResults: {quoted(path)}"
            else:  # what shows them are plug-ins that a Jenkins may not have
                yield f"archiveArtifacts allowEmptyArchive: true, artifacts: {quoted(path)}"


def _service_accounts(graph: Graph, found: tuple[Step, ...], args: JenkinsArgs) -> str:
    head = [
        f"# Written by {MARK}: change the stack file, not this file.",
        "# Service accounts of the pods of its jobs; the add-on jenkins creates them too (agent_service_accounts).",
    ]
    parts = []
    for step in found:
        if step.role_arn is None:
            continue
        names = {"name": service_account(graph.name, step.name), "namespace": args.namespace}
        parts.append(text({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": names}, spaced=False))
    return "\n".join(head) + "\n" + "---\n".join(parts) if parts else ""


def _block(name: str, inner: list[str]) -> list[str]:
    return [f"{_MARGIN}{name} {{", *_indented(inner, 2), f"{_MARGIN}}}"]


def _indented(lines: list[str], depth: int) -> list[str]:
    """Lines of Groovy further to the right, but for what stands within a text of several lines."""
    found: list[str] = []
    for entry in lines:
        first, *rest = entry.split("\n")
        found.append("\n".join((_MARGIN * depth + first if first else first, *rest)))
    return found


def quoted(said: str) -> str:
    """A text of Groovy, in which nothing is replaced."""
    return "'" + said.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def block(said: str) -> str:
    """The same on several lines."""
    return "'''" + said.replace("\\", "\\\\").replace("'''", "\\'\\'\\'") + "'''"


def _value(said: str) -> str:
    """The value of a variable, with the account from the environment of Jenkins where the stack does not say it."""
    return " + env.AWS_ACCOUNT_ID + ".join(quoted(part) for part in said.split(ACCOUNT))
