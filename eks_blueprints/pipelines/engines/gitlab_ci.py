"""GitLab CI: `.gitlab-ci.yml`, and the settings of its project that the file cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._job import Gate, Job, Runner
from eks_blueprints.pipelines.engines import _gitlab_settings, _guards, _owners
from eks_blueprints.pipelines.engines._script import script
from eks_blueprints.pipelines.engines._steps import (
    ACCOUNT,
    MARK,
    Step,
    any_text,
    code,
    only_reviews,
    problems_of_sources,
    problems_of_tags,
    steps,
)
from eks_blueprints.pipelines.engines._text import default_image, secrets
from eks_blueprints.pipelines.engines._yaml import text

if TYPE_CHECKING:
    from eks_blueprints.pipelines._engines import GitlabCiArgs
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines.base import Pipeline
    from eks_blueprints.pipelines.stages.base import Stage
    from eks_blueprints.pipelines.stages.source import Source

FILE = ".gitlab-ci.yml"
_APPROVER = Form(
    r"@?[A-Za-z0-9_.][\w.-]*(/[\w.-]+)*",
    what="is not a user or a group of GitLab",
    do="write a user, or the path of a group such as acme/release",
)
# Words that GitLab reads at the top of the file. Source: GitLab CI/CD YAML syntax reference, read 2026-11-30.
_TAKEN = (
    *("after_script", "before_script", "cache", "default", "image", "include"),
    *("pages", "services", "spec", "stages", "variables", "workflow"),
)
# Source: GitLab documentation, "Hosted runners on Linux", read 2026-11-30.
_HOSTED = {"x86_64": "saas-linux-{}-amd64", "arm64": "saas-linux-{}-arm64"}
_DOCKER = "public.ecr.aws/docker/library/docker:28-dind"
_REVIEWED = '$CI_PIPELINE_SOURCE == "merge_request_event"'
_TOKEN = "AWS_ID_TOKEN"  # noqa: S105 - the name of a variable


def render(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, str]:
    """The files of a pipeline: path in the repository to text."""
    found = steps(graph, ref)
    files = {FILE: _file(pipeline, graph, found, ref)}
    files |= _gitlab_settings.files(pipeline, graph, found, ref)
    files |= _guards.hooks(pipeline, graph)
    return files | _owners.files(pipeline, graph, [*files])


def build(component: Any, pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, Any]:
    """Make the roles of its jobs."""
    from eks_blueprints.pipelines.engines import _oidc

    args = ref.engines.gitlab_ci

    def trusted(stage: Stage) -> In[str]:
        return _oidc.trust(ref.oidc["gitlab_ci"], args.url, args.audience, subjects(graph, args, stage.environment))

    return _oidc.roles(component, pipeline, graph, ref, trusted)


def subjects(graph: Graph, args: GitlabCiArgs, environment: str | None) -> tuple[str, ...]:
    """Subjects of the tokens of jobs that may assume a role: those of the branch or the tags that start it."""
    source = code(graph)
    refs = [("tag", any_text(tag)) for tag in source.tags] or [("branch", source.branch)]
    found = [f"project_path:{source.repository}:ref_type:{kind}:ref:{ref}" for kind, ref in refs]
    if not args.subject_has_environment:
        return tuple(found)
    return tuple(f"{each}:environment_protected:{'true' if environment is not None else '*'}" for each in found)


def problems(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Iterator[Problem]:
    """What GitLab CI cannot do of it; paths begin with the name of a stage."""
    yield from problems_of_sources(graph, "GitLab CI", ("gitlab",))
    yield from problems_of_tags(graph, "GitLab CI")
    source = code(graph)
    if source.ignore_paths:
        do = "list in paths what starts it"
        message = f"is not known to GitLab CI, whose rules name files that start it; got {source.ignore_paths[0]}; {do}"
        yield Problem((source.name, "ignore_paths"), message)
    for step in steps(graph, ref):
        if step.name in _TAKEN:
            message = f"is a word of GitLab's own, which no job can be called; got {step.name}; rename it"
            yield Problem((step.name,), message)
        if isinstance(step.work, Gate):
            for approver in step.work.approvers:
                if fault := _APPROVER.fault(approver):
                    yield Problem((step.name, "approvers"), fault)
            if step.stage.timeout_minutes is not None:
                message = f"is not known to GitLab, where a decision waits; got {step.stage.timeout_minutes}; remove it"
                yield Problem((step.name, "timeout_minutes"), message, severity="warning")
        elif step.work.secrets:
            names = ", ".join(step.work.secrets)
            what = "reads values that GitLab does not mask in its log, where commands that print them would show them"
            yield Problem((step.name,), f"{what}; got {names}; see that none does", severity="warning")


def _file(pipeline: Pipeline, graph: Graph, found: tuple[Step, ...], ref: PipelinesRef) -> str:
    source = code(graph)
    by_name = {step.name: step for step in found}
    level = {stage.name: number for number, beside in enumerate(graph.levels) for stage in beside}
    lowest = min((level[step.name] for step in found), default=1)
    variables: dict[str, Any] = {
        "COMMIT": "$CI_COMMIT_SHA",
        "BRANCH": "$CI_COMMIT_REF_NAME",
        "PIPELINE": graph.name,
        "RUN": "$CI_PIPELINE_IID",
        "RUN_URL": "$CI_PIPELINE_URL",
        "GIT_DEPTH": "1",
    }
    if "pull_request" in source.on:
        variables["BASE_BRANCH"] = source.branch
    for name, each in pipeline.variables.items():
        variables[name] = {"value": each.default_value, "description": each.description or name}
        if "$" in each.default_value:
            variables[name]["expand"] = False
    newest = {"auto_cancel": {"on_new_commit": "conservative"}} if pipeline.execution_mode == "SUPERSEDED" else {}
    data: dict[str, Any] = {
        "stages": [f"level-{number}" for number in sorted({level[step.name] - lowest + 1 for step in found})],
        "workflow": {"name": graph.name, **newest, "rules": [*_rules(source)]},
        "variables": variables,
    }
    reviews = "pull_request" in source.on
    for step in found:
        data[step.name] = {
            "stage": f"level-{level[step.name] - lowest + 1}",
            **_job(step, graph, ref, by_name, reviews=reviews),
        }
    head = [
        f"Written by {MARK}: change the stack file, not this file.",
        f"Protected environments and branches, which it cannot hold: {_gitlab_settings.script_path(graph.name)}",
    ]
    for step in found:
        if isinstance(step.work, Job) and step.work.comments:
            environment = _gitlab_settings.gate_environment(graph.name, step.name)
            head.append(
                "GITLAB_TOKEN, a project access token with the scope api and the role Reporter, is a masked variable"
            )
            head.append(f"of the project that is limited to the environment {environment}: {step.name} alone has it.")
    if any(step.role_arn is not None for step in found) and ref.account == ACCOUNT:
        head.append("AWS_ACCOUNT_ID, a variable of the project (Settings, CI/CD), is the account of its roles.")
    return text(data, head)


def _rules(source: Source) -> Iterator[dict[str, Any]]:
    changes = {"changes": list(source.paths)} if source.paths else {}
    branch = _quoted(source.branch)
    if "pull_request" in source.on:
        asked = f'$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == {branch}'
        yield {"if": asked, **changes}
    if "push" in source.on and source.tags:
        for tag in source.tags:
            yield {"if": f'$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_TAG =~ /^{_regex(tag)}$/'}
    elif "push" in source.on:
        yield {"if": f'$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == {branch}', **changes}
    if source.schedule is not None:
        yield {"if": f'$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == {branch}'}
    where = " || ".join(f"$CI_COMMIT_TAG =~ /^{_regex(tag)}$/" for tag in source.tags)
    by_hand = f"({where})" if where else f"$CI_COMMIT_BRANCH == {branch}"
    yield {"if": f"$CI_PIPELINE_SOURCE =~ /^(web|api)$/ && {by_hand}"}


def _job(step: Step, graph: Graph, ref: PipelinesRef, others: Mapping[str, Step], *, reviews: bool) -> dict[str, Any]:
    data: dict[str, Any] = {}
    makers = {graph.makers[name].name for name in step.inputs}
    names = dict.fromkeys((*step.needs, *sorted(makers & others.keys())))
    data["needs"] = [{"job": name, "artifacts": name in makers} for name in names]
    rule: dict[str, Any] = {}
    if isinstance(step.work, Job) and step.work.comments:
        return {**data, **_machine(Runner(), ref), **_comment(step, step.work, graph, ref)}
    if reviews and not step.reviewed:
        rule["if"] = '$CI_PIPELINE_SOURCE != "merge_request_event"'
    elif step.stage.reviews and not only_reviews(code(graph)):
        rule["if"] = _REVIEWED
    if isinstance(step.work, Gate):
        # Without allow_failure a manual job of rules holds up those that need it.
        data["rules"] = [{**rule, "when": "manual", "allow_failure": False}]
        return {**data, **_machine(Runner(), ref), **_decision(step, step.work, graph)}
    job = step.work
    data["rules"] = [{**rule, "when": "always" if job.always else "on_success"}]
    data["image"] = {"name": default_image(job, ref.engines.gitlab_ci.image), "entrypoint": [""]}
    data |= _machine(job.runner, ref)
    data["timeout"] = f"{job.timeout_minutes} minutes"
    # GitLab stops a job whose commit is not the newest any more only if it says so; one that deploys never does.
    data["interruptible"] = step.reviewed
    if step.stage.environment is not None:
        data["environment"] = {"name": step.stage.environment}
        data["resource_group"] = step.stage.holds
        if not step.stage.deploys:
            data["environment"]["action"] = "verify" if step.stage.verifies else "access"
    tokens = {_TOKEN: ref.engines.gitlab_ci.audience} if step.role_arn is not None else {}
    tokens |= job.identity_tokens
    if tokens:
        data["id_tokens"] = {name: {"aud": audience} for name, audience in tokens.items()}
    if job.matrix:
        data["parallel"] = {"matrix": [{name: list(values) for name, values in job.matrix.items()}]}
    if job.runner.docker:
        data["services"] = [{"name": _DOCKER, "alias": "docker"}]
    data["variables"] = _variables(step, job)
    if job.cache:
        data["cache"] = [{"key": f"{graph.name}-{step.name}", "paths": list(job.cache)}]
    data["script"] = [script(job, step.outputs, before=[*_before(step), *secrets(job)])]
    return {**data, **_kept(graph.name, step, job)}


def _decision(step: Step, gate: Gate, graph: Graph) -> dict[str, Any]:
    lines = [
        'case "$CI_COMMIT_AUTHOR" in',
        '  *"<$GITLAB_USER_EMAIL>"*) echo "nobody approves their own change; ask another approver" >&2; exit 1 ;;',
        "esac",
        'echo "approved by $GITLAB_USER_LOGIN: $MESSAGE"',
    ]
    environment = {"name": _gitlab_settings.gate_environment(graph.name, step.name), "action": "access"}
    if gate.link:
        environment["url"] = gate.link
    return {
        "environment": environment,
        "image": "public.ecr.aws/docker/library/busybox:1.37",
        "variables": {"GIT_STRATEGY": "none", "MESSAGE": _value(gate.message)},
        "script": ["\n".join(lines) + "\n"],
    }


def _comment(step: Step, job: Job, graph: Graph, ref: PipelinesRef) -> dict[str, Any]:
    """A job that runs also where a review failed. Only its environment has the token, GITLAB_TOKEN: see the head."""
    *install, post = job.commands
    return {
        "rules": [{"if": _REVIEWED, "when": "always"}],
        "image": {"name": default_image(job, ref.engines.gitlab_ci.image), "entrypoint": [""]},
        "timeout": f"{job.timeout_minutes} minutes",
        "environment": {"name": _gitlab_settings.gate_environment(graph.name, step.name), "action": "access"},
        "variables": {"GIT_STRATEGY": "none"},
        # Merge requests from forks run in the fork and have no token: there the report is an artifact only.
        "script": [*install, f'if [ -n "$GITLAB_TOKEN" ]; then {post}; fi'],
    }


def _variables(step: Step, job: Job) -> dict[str, Any]:
    said: dict[str, Any] = {"AWS_REGION": step.region}
    if not job.checkout:
        said["GIT_STRATEGY"] = "none"
    if job.history:
        said["GIT_DEPTH"] = "0"
    if step.role_arn is not None:
        said |= {"AWS_ROLE_ARN": step.role_arn, "AWS_ROLE_SESSION_NAME": "gitlab-$CI_JOB_ID"}
    if job.runner.docker:
        said |= {"DOCKER_HOST": "tcp://docker:2376", "DOCKER_TLS_CERTDIR": "/certs", "DOCKER_TLS_VERIFY": "1"}
        said["DOCKER_CERT_PATH"] = "/certs/client"
    return said | {name: _value(str(value)) for name, value in job.variables.items()}


def _before(step: Step) -> list[str]:
    if step.role_arn is None:
        return []
    # The AWS CLI and every SDK take the token of this file for credentials of the role.
    return [
        'AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"',
        "export AWS_WEB_IDENTITY_TOKEN_FILE",
        f'printf %s "${_TOKEN}" > "$AWS_WEB_IDENTITY_TOKEN_FILE"',
    ]


def _kept(graph_name: str, step: Step, job: Job) -> dict[str, Any]:
    reports: dict[str, Any] = {}
    paths = [f"artifacts/{name}" for name in step.outputs]
    for report in job.reports.values():
        if report.kind == "junit":
            reports.setdefault("junit", []).extend(report.paths)
        elif report.kind == "cobertura":
            reports["coverage_report"] = {"coverage_format": "cobertura", "path": report.paths[0]}
        else:  # GitLab shows its own format of scans, not SARIF: the files are kept
            paths += report.paths
    if not paths and not reports:
        return {}
    always = any(output.always for output in step.outputs.values())
    said: dict[str, Any] = {"when": "always"} if job.reports or always else {}
    if always:
        said["expose_as"] = f"{graph_name} {step.name}"
    if paths:
        said["paths"] = paths
    if reports:
        said["reports"] = reports
    return {"artifacts": {**said, "expire_in": "30 days"}}


def _machine(runner: Runner, ref: PipelinesRef) -> dict[str, Any]:
    """What chooses the runner of a job: without it a project of tagged runners alone would let it wait forever."""
    tags = _tags(runner, ref.engines.gitlab_ci)
    return {"tags": tags} if tags else {}


def _tags(runner: Runner, args: GitlabCiArgs) -> list[str]:
    machine = runner.size + ("_arm64" if runner.architecture == "arm64" else "")
    if own := args.runners.get(machine):  # type: ignore[call-overload]
        return [own]
    if args.url == "https://gitlab.com":
        return [_HOSTED[runner.architecture].format(runner.size)]
    return ["arm64"] if runner.architecture == "arm64" else []


def _value(said: str) -> Any:
    """The value of a variable, in which GitLab would replace others."""
    if "$" not in said or said.replace(ACCOUNT, "").count("$") == 0:
        return said
    return {"value": said, "expand": False}


def _quoted(name: str) -> str:
    """A text of GitLab's rules, which know no way to write the quote that is around it."""
    return f"'{name}'" if '"' in name else f'"{name}"'


def _regex(glob: str) -> str:
    """A pattern of tags as GitLab's rules match them."""
    return "".join(".*" if part == "*" else re.escape(part).replace("/", r"\/") for part in re.split(r"(\*)", glob))
