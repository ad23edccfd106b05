"""GitHub Actions: one workflow a pipeline, and the settings of its repository that a workflow cannot hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from eks_blueprints.core.errors import Problem
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._job import Gate, Job, Runner
from eks_blueprints.pipelines.engines import _github_comment, _github_settings, _guards, _owners
from eks_blueprints.pipelines.engines._actions import action, literal
from eks_blueprints.pipelines.engines._github_reports import reported
from eks_blueprints.pipelines.engines._script import script
from eks_blueprints.pipelines.engines._steps import (
    ACCOUNT,
    MARK,
    Step,
    any_text,
    code,
    has_roles,
    only_reviews,
    problems_of_sources,
    steps,
)
from eks_blueprints.pipelines.engines._text import masking, secrets
from eks_blueprints.pipelines.engines._yaml import text

if TYPE_CHECKING:
    from eks_blueprints.pipelines._engines import GithubActionsArgs
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines._variables import RunVariable
    from eks_blueprints.pipelines.base import Pipeline
    from eks_blueprints.pipelines.stages.base import Stage
    from eks_blueprints.pipelines.stages.source import Source

_NOT_REVIEWED = "github.event_name != 'pull_request'"
_REVIEWED = "github.event_name == 'pull_request'"
_APPROVER = Form(
    r"@?[A-Za-z0-9]([A-Za-z0-9-]{0,38})(/[\w.-]+)?",
    what="is not a user or a team of GitHub",
    do="write a user, or organization/team such as acme/release",
)
_MOST_APPROVERS = 6
"""Source: GitHub REST API, "Create or update an environment", read 2026-11-30."""
_MOST_BESIDE = 2
"""Source: GitHub Actions documentation, "Control the concurrency of workflows and jobs", read 2026-11-30."""
_KEPT_DAYS = 30
_RUN = "${{ strategy.job-index }}"
"""Number of a run of a matrix."""


def render(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, str]:
    """The files of a pipeline: path in the repository to text."""
    found = steps(graph, ref)
    beside = tuple(step for step in found if not _comments(step))
    files = {f".github/workflows/{graph.name}.yml": workflow(pipeline, graph, beside, ref)}
    if posts := [step for step in found if _comments(step)]:
        files[f".github/workflows/{graph.name}-comment.yml"] = _github_comment.workflow(
            graph.name, posts, _label(Runner(), ref.engines.github_actions)
        )
    files |= _github_settings.files(pipeline, graph, beside, environments=True)
    files |= _guards.hooks(pipeline, graph)
    return files | _owners.files(pipeline, graph, [*files])


def build(component: Any, pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, Any]:
    """Make the roles of its jobs."""
    from eks_blueprints.pipelines.engines import _oidc

    args = ref.engines.github_actions

    def trusted(stage: Stage) -> In[str]:
        said = subjects(graph, args, stage.environment)
        return _oidc.trust(ref.oidc["github_actions"], args.issuer, args.audience, said)

    return _oidc.roles(component, pipeline, graph, ref, trusted)


def subjects(graph: Graph, args: GithubActionsArgs, environment: str | None) -> tuple[str, ...]:
    """Subjects of the tokens of jobs that may assume a role: never those of pull requests."""
    source = code(graph)
    repository = str(source.repository)
    if numbers := args.repositories.get(repository):
        owner, _, name = repository.partition("/")
        repository = f"{owner}@{numbers.owner_id}/{name}@{numbers.id}"
    if environment is not None:
        return (f"repo:{repository}:environment:{environment}",)
    if source.tags:
        return tuple(f"repo:{repository}:ref:refs/tags/{any_text(tag)}" for tag in source.tags)
    return (f"repo:{repository}:ref:refs/heads/{source.branch}",)


def problems(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Iterator[Problem]:
    """What GitHub Actions cannot do of it; paths begin with the name of a stage."""
    yield from problems_of_sources(graph, "GitHub Actions", ("github",))
    source = code(graph)
    if ref.engines.github_actions.repositories.get(str(source.repository)) is None and has_roles(graph, ref):
        what = "has tokens whose subject may carry its numbers, if it was made or renamed since 2026-07-15"
        do = "add it to engines.github_actions.repositories, or ignore this for an older one"
        message = f"{what}: then roles that trust its name alone refuse it; got {source.repository}; {do}"
        yield Problem((source.name, "repository"), message, severity="warning")
    found = steps(graph, ref)
    yield from _crowded(graph, found)
    for step in found:
        if isinstance(step.work, Gate):
            yield from _problems_of_gate(step, step.work)
            continue
        runner = step.work.runner
        if runner.size != "small" and _machine(runner) not in ref.engines.github_actions.runners:
            what = "is more than GitHub's standard runners have in private repositories, which are 2 processors"
            do = f"name a larger runner in engines.github_actions.runners.{_machine(runner)}"
            yield Problem((step.name, "runner", "size"), f"{what}; got {runner.size}; {do}", severity="warning")
        if runner.image is not None and ".dkr.ecr." in runner.image:
            what = "is in a private registry, which GitHub reads before the job has its role"
            do = "use a public image, or a runner of your own that can read it"
            yield Problem((step.name, "runner", "image"), f"{what}; got {runner.image}; {do}", severity="warning")


def _crowded(graph: Graph, found: tuple[Step, ...]) -> Iterator[Problem]:
    """Of the jobs of one group GitHub lets one run and one wait, and cancels what waited before."""
    for level in graph.levels:
        names = {stage.name for stage in level}
        beside: dict[str, list[Step]] = {}
        for step in found:
            if step.name in names and step.stage.holds is not None and isinstance(step.work, Job):
                beside.setdefault(step.stage.holds, []).extend([step] * len(step.work.runs))
        for held, each in beside.items():
            if len(each) > _MOST_BESIDE:
                what = f"is one of several jobs for {held} beside each other, of which GitHub lets one run and one"
                do = "let some wait for others with after"
                yield Problem((each[-1].name, "after"), f"{what} wait, and cancels the rest; got {len(each)}; {do}")


def _comments(step: Step) -> bool:
    return isinstance(step.work, Job) and step.work.comments


def _problems_of_gate(step: Step, gate: Gate) -> Iterator[Problem]:
    for approver in gate.approvers:
        if fault := _APPROVER.fault(approver):
            yield Problem((step.name, "approvers"), fault)
    if len(gate.approvers) > _MOST_APPROVERS:
        do = "name a team"
        message = f"can be at most {_MOST_APPROVERS} for GitHub; got {len(gate.approvers)}; {do}"
        yield Problem((step.name, "approvers"), message)
    if step.stage.timeout_minutes is not None:
        message = f"is 30 days for approvals of GitHub, whatever is said; got {step.stage.timeout_minutes}; remove it"
        yield Problem((step.name, "timeout_minutes"), message, severity="warning")


def workflow(pipeline: Pipeline, graph: Graph, found: tuple[Step, ...], ref: PipelinesRef) -> str:
    """The workflow."""
    source, given = code(graph), pipeline.variables
    env = {
        "COMMIT": "${{ github.event.pull_request.head.sha || github.sha }}",
        "BRANCH": "${{ github.head_ref || github.ref_name }}",
        "PIPELINE": graph.name,
        "RUN": "${{ github.run_number }}",
        "RUN_URL": "${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}",
    }
    if "pull_request" in source.on:
        env["BASE_BRANCH"] = f"${{{{ github.base_ref || {_expression(source.branch)} }}}}"
    if any(step.role_arn is not None for step in found) and ref.account == ACCOUNT:
        env["AWS_ACCOUNT_ID"] = "${{ vars.AWS_ACCOUNT_ID }}"
    env |= {name: f"${{{{ inputs.{name} || {_expression(each.default_value)} }}}}" for name, each in given.items()}
    reviews = "pull_request" in source.on
    # Runs beside each other have a group each; of one group GitHub holds one that runs and the newest that waits.
    run = "github.run_id" if pipeline.execution_mode == "PARALLEL" else "github.ref"
    data = {
        "name": graph.name,
        "on": _triggers(source, given),
        "permissions": {},
        "concurrency": {
            "group": f"{graph.name}-${{{{ github.event.pull_request.number || {run} }}}}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}" if reviews else False,
        },
        "defaults": {"run": {"shell": "bash"}},
        "env": env,
        "jobs": {step.name: _job(step, graph, ref, reviews=reviews) for step in found},
    }
    head = [
        f"Written by {MARK}: change the stack file, not this file.",
        f"Environments and branch protection, which no workflow can hold: {_github_settings.script_path(graph.name)}",
    ]
    return text(data, head)


def _triggers(source: Source, given: Mapping[str, RunVariable]) -> dict[str, Any]:
    paths = [*source.paths, *(f"!{path}" for path in source.ignore_paths)]
    filters: dict[str, Any] = {"paths": paths} if source.paths else {}
    if source.ignore_paths and not source.paths:
        filters = {"paths-ignore": list(source.ignore_paths)}
    said: dict[str, Any] = {}
    if "push" in source.on:
        said["push"] = {"tags": list(source.tags)} if source.tags else {"branches": [source.branch], **filters}
    if "pull_request" in source.on:
        said["pull_request"] = {"branches": [source.branch], **filters}
    if source.schedule is not None:
        said["schedule"] = [{"cron": source.schedule}]
    inputs = {name: {"description": each.description, "default": each.default_value} for name, each in given.items()}
    return {**said, "workflow_dispatch": {"inputs": inputs} if inputs else {}}


def _job(step: Step, graph: Graph, ref: PipelinesRef, *, reviews: bool) -> dict[str, Any]:
    data: dict[str, Any] = {"needs": list(step.needs)} if step.needs else {}
    if condition := _condition(step, code(graph), reviews=reviews):
        data["if"] = condition
    if isinstance(step.work, Gate):
        label = _label(Runner(), ref.engines.github_actions)
        data |= {"runs-on": label, "timeout-minutes": 5, "permissions": {}}
        name = _github_settings.gate_environment(graph.name, step.name)
        data["environment"] = {"name": name, "url": literal(step.work.link)} if step.work.link else name
        said = {"name": "Approved", "env": {"MESSAGE": literal(step.work.message)}, "run": 'echo "approved: $MESSAGE"'}
        return {**data, "steps": [said]}
    job = step.work
    data["runs-on"] = _label(job.runner, ref.engines.github_actions)
    data["timeout-minutes"] = job.timeout_minutes
    data["permissions"] = _permissions(step, job)
    if step.stage.environment is not None:
        data["environment"] = step.stage.environment
        data["concurrency"] = {"group": f"environment-{step.stage.holds}", "cancel-in-progress": False}
    if job.runner.image is not None:
        data["container"] = job.runner.image
    if job.matrix:
        data["strategy"] = {"fail-fast": False, "matrix": {name: list(values) for name, values in job.matrix.items()}}
    data["env"] = {"AWS_REGION": step.region, **{name: _value(str(item)) for name, item in job.variables.items()}}
    data["env"] |= {name: f"${{{{ matrix.{name} }}}}" for name in job.matrix}
    return {**data, "steps": [*_steps(step, job, ref)]}


def _condition(step: Step, source: Source, *, reviews: bool) -> str:
    """When it runs, besides after all that it waits for."""
    found = ["!cancelled()"] if isinstance(step.work, Job) and step.work.always else []
    if reviews and not step.reviewed:
        found.append(_NOT_REVIEWED)
    elif step.stage.reviews and not only_reviews(source):
        found.append(_REVIEWED)
    return " && ".join(found)


def _permissions(step: Step, job: Job) -> dict[str, str]:
    said = {"contents": "read"} if job.checkout else {}
    if step.role_arn is not None or job.identity_tokens:
        said["id-token"] = "write"
    if any(report.kind == "sarif" for report in job.reports.values()):
        said["security-events"] = "write"
    return said


def _steps(step: Step, job: Job, ref: PipelinesRef) -> Iterator[dict[str, Any]]:
    if job.checkout:
        yield {
            "uses": action("actions/checkout"),
            "with": {**({"fetch-depth": 0} if job.history else {}), "persist-credentials": False},
        }
    for name in step.inputs:
        yield {
            "uses": action("actions/download-artifact"),
            "with": {**_taken(step, name), "path": f"artifacts/{name}"},
        }
    if job.cache:
        key = f"{step.name}-${{{{ runner.arch }}}}"
        said = {"path": "\n".join(job.cache), "key": f"{key}-${{{{ github.sha }}}}", "restore-keys": f"{key}-"}
        yield {"uses": action("actions/cache"), "with": said}
    if step.role_arn is not None:
        args = ref.engines.github_actions
        said = {"role-to-assume": _value(step.role_arn), "aws-region": step.region}
        if args.audience != "sts.amazonaws.com":
            said["audience"] = args.audience
        said["role-session-name"] = f"{step.name}-${{{{ github.run_id }}}}"
        yield {"uses": action("aws-actions/configure-aws-credentials"), "with": said}
    before = [*_before(job), *secrets(job, masked=True)]
    yield {"name": step.name, "run": literal(script(job, step.outputs, before=before))}
    for name, output in step.outputs.items():
        yield {
            **({"if": "always()"} if output.always else {}),
            "uses": action("actions/upload-artifact"),
            "with": {
                "name": f"{name}.{_RUN}" if name in step.parts else name,
                "path": f"artifacts/{name}",
                "if-no-files-found": "ignore" if output.always else "error",
                "include-hidden-files": True,
                # A job that is run again makes its artifacts anew.
                "overwrite": True,
                "retention-days": _KEPT_DAYS,
            },
        }
    for name, report in job.reports.items():
        yield from reported(step, name, report, each=f"-{_RUN}" if job.matrix else "")


def _taken(step: Step, name: str) -> dict[str, Any]:
    """An artifact, or all that the runs of a matrix made: these have a dot in their names, which others have not."""
    return {"pattern": f"{name}.*", "merge-multiple": True} if name in step.parts else {"name": name}


def _before(job: Job) -> Iterator[str]:
    if job.checkout and job.runner.image is not None:
        # The checkout belongs to another user than that of the container, which Git refuses.
        yield 'git config --global --add safe.directory "$PWD"'
    ask = 'curl -fsS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN"'
    for name, audience in job.identity_tokens.items():
        url = f'"$ACTIONS_ID_TOKEN_REQUEST_URL&audience={quote(audience, safe="")}"'
        read = 'sed -n \'s/.*"value" *: *"\\([^"]*\\)".*/\\1/p\''
        yield f'{name}="$({ask} {url} | {read})"'
        yield masking(name)
        yield f"export {name}"


def _label(runner: Runner, args: GithubActionsArgs) -> str:
    default = "ubuntu-24.04-arm" if runner.architecture == "arm64" else "ubuntu-24.04"
    return args.runners.get(_machine(runner), default)  # type: ignore[call-overload, no-any-return]


def _machine(runner: Runner) -> str:
    return runner.size + ("_arm64" if runner.architecture == "arm64" else "")


def _value(said: str) -> str:
    """A value of the environment or of an input, in which no shell replaces variables."""
    return literal(said).replace(ACCOUNT, "${{ vars.AWS_ACCOUNT_ID }}")


def _expression(said: str) -> str:
    """A text within an expression of GitHub."""
    return "'" + said.replace("'", "''") + "'"
