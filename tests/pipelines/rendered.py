"""A stack with one pipeline that uses all that engines can be asked for, and what is rendered of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.blueprint.pipelines import Pipelines
from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import record
from eks_blueprints.testing.recorded import Recorded

ACCOUNT = "111122223333"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:npm-AbCdEf:token"
STAGES: dict[str, Any] = {
    "lint": {"kind": "test", "commands": ["make lint"], "after": ["source"]},
    "test": {
        "commands": ["make test", 'echo "it\'s $PRICE"', r"printf 'one\n'"],
        "after": ["source"],
        "tools": ["jq"],
        "cache": [".cache/pip", ".cache/npm"],
        "variables": {"MODE": "fast", "PRICE": "$5"},
        "reports": {
            "unit": {"kind": "junit", "paths": ["reports/**/*.xml"]},
            "lines": {"kind": "cobertura", "paths": ["coverage.xml"]},
            "scan": {"kind": "sarif", "paths": ["*.sarif"]},
        },
    },
    "build": {
        "commands": ["make dist"],
        "artifacts": {"site": ["dist/**", "release notes.txt"]},
        "secrets": {"NPM_TOKEN": SECRET},
        "runner": {"size": "medium", "architecture": "arm64", "docker": True},
    },
    "smoke": {"kind": "test", "environment": "staging", "inputs": ["site"], "commands": ["make smoke"]},
    "approve": {"environment": "production", "message": 'Is it\'s "good"?'},
    "live": {
        "kind": "test",
        "environment": "production",
        "inputs": ["site"],
        "commands": ["make live"],
        "runner": {"image": "public.ecr.aws/acme/tools:1"},
        "timeout_minutes": 20,
    },
}
PROVIDERS = {
    "github_actions": "github",
    "gitlab_ci": "gitlab",
    "jenkins": "github",
    "bitbucket_pipelines": "bitbucket",
}


def fields(
    engine: str, *, stages: dict[str, Any] | None = None, source: Any = None, pipeline: Any = None, **stack: Any
) -> dict[str, Any]:
    """Fields of the stack."""
    code = {"provider": PROVIDERS[engine], "repository": "acme/web", "on": ["push", "pull_request"], **(source or {})}
    web = {
        "kind": "custom_pipeline",
        "engine": engine,
        "pushers": ["acme/developers"],
        "stages": {"source": code, **copy.deepcopy(STAGES if stages is None else stages)},
        **(pipeline or {}),
    }
    base: dict[str, Any] = {
        "region": "eu-west-1",
        "account": {"id": ACCOUNT},
        "environments": {
            "staging": {"cluster": "shop-staging", "namespaces": ["shop"]},
            "production": {
                "cluster": "shop",
                "namespaces": ["shop"],
                "production": True,
                "approvers": ["acme/release"],
            },
        },
        "engines": {"jenkins": {"cluster": "tools"}},
        "pipelines": {"web": web},
    }
    return {key: value for key, value in {**base, **stack}.items() if value is not None}


def read(engine: str, **changes: Any) -> PipelinesArgs:
    return PipelinesArgs.model_validate(fields(engine, **changes))


def rendered(engine: str, **changes: Any) -> Mapping[str, str]:
    """The files of its pipeline."""
    args = read(engine, **changes)
    [pipeline] = args.pipelines
    files: Mapping[str, str] = pipeline.renderer.render(pipeline, pipeline.graph(args.environments), args.ref("shop"))
    return files


def deployed(engine: str, **changes: Any) -> Recorded:
    """What the stack makes in AWS."""
    return record(lambda: Pipelines("shop", read(engine, **changes))).is_valid()


def told(engine: str, **changes: Any) -> list[str]:
    """What is wrong with it."""
    with pytest.raises(ValidationError) as caught:
        read(engine, **changes)
    return [str(problem).removeprefix("pipelines.web.") for problem in problems_of(caught.value)]


def warned(engine: str, **changes: Any) -> list[str]:
    """What is doubtful about it."""
    return [str(problem).removeprefix("pipelines.web.") for problem in read(engine, **changes).warnings]


def of_kinds(engine: str) -> PipelinesArgs:
    """A stack with a pipeline of each kind, all of which an engine runs."""
    source = {"provider": PROVIDERS[engine], "repository": "acme/shop", "on": ["push", "pull_request"]}
    sign = {"sign": {}} if engine != "jenkins" else {}
    kinds: dict[str, Any] = {
        "app": {
            "kind": "app_pipeline",
            "tests": ["make test"],
            "image": {"repository": "shop/web"},
            "platforms": ["x86_64", "arm64"],
            "deploy": {"staging": {"kubectl": {"workloads": ["deployment/web"]}}, "production": {}},
        },
        "chart": {"kind": "chart_pipeline", "chart": {"path": "charts/web", "repository": "charts/web"}, **sign},
        "platform": {
            "kind": "platform_pipeline",
            "state": {"bucket": "s3://acme-state"},
            "waves": {"canary": {"environment": "staging", "stacks": ["dev"]}},
        },
    }
    stack = fields(engine)
    stack["pipelines"] = {name: {"engine": engine, "source": source, **kind} for name, kind in kinds.items()}
    return PipelinesArgs.model_validate(stack)
