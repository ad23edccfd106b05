"""Kinds of pipelines: the stages that they consist of, in their order, and where their problems are told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.pipelines._graph import Graph
from eks_blueprints.pipelines._job import Job, Site
from eks_blueprints.pipelines._tools import install_lines
from tests.pipelines.aws import BASE, SOURCE

APP: dict[str, Any] = {
    "kind": "app_pipeline",
    "source": SOURCE,
    "tests": ["make test"],
    "image": {"repository": "shop/web"},
    "deploy": {"staging": {"kubectl": {"workloads": ["deployment/web"]}}, "production": {}},
}
CHART: dict[str, Any] = {
    "kind": "chart_pipeline",
    "source": SOURCE,
    "chart": {"path": "charts/shop", "bucket": "s3://acme-charts/stable"},
}
RELEASE: dict[str, Any] = {
    "kind": "release_pipeline",
    "source": SOURCE,
    "image": {"repository": "shop/web"},
    "chart": {"bucket": "s3://acme-charts/stable", "name": "shop"},
    "trial": {"environment": "staging", "namespace": "shop"},
    "deploy": {"staging": {"helm": {"release": "shop"}}, "production": {}},
}


def read(pipeline: dict[str, Any], **fields: Any) -> PipelinesArgs:
    return PipelinesArgs.model_validate({**BASE, **fields, "pipelines": {"shop": pipeline}})


def graph(pipeline: dict[str, Any], **fields: Any) -> Graph:
    args = read(pipeline, **fields)
    return args.pipelines[0].graph(args.environments)


def order(pipeline: dict[str, Any]) -> list[list[str]]:
    return [[stage.name for stage in level] for level in graph(pipeline).levels]


def job(found: Graph, name: str) -> Job:
    [stage] = [each for each in found.stages if each.name == name]
    where = found.environment(stage)
    work = found.work(
        stage, Site(pipeline="shop", region="eu-west-1", partition="aws", account="111122223333", environment=where)
    )
    assert isinstance(work, Job)
    return work


def told(pipeline: dict[str, Any], **fields: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        read(pipeline, **fields)
    return [str(problem).removeprefix("pipelines.shop.") for problem in problems_of(caught.value)]


def test_delivery_asks_a_person_before_production_and_deployment_does_not() -> None:
    """CD-01: code, build, test, provision, deploy, monitor; a manual approval tells delivery from deployment."""
    assert order(APP)[-5:] == [
        ["deploy-staging"],
        ["verify-staging"],
        ["approve-production"],
        ["deploy-production"],
        ["verify-production"],
    ]
    assert ["approve-production"] not in order({**APP, "approval": "none"})


def test_deployment_without_an_approval_needs_a_stage_before_production() -> None:
    alone = {**APP, "approval": "none", "deploy": {"production": APP["deploy"]["staging"]}}

    [problem] = told(alone)
    assert problem.startswith("deploy.production: deploys to production unverified; got approval: none")


def test_tests_run_for_pull_requests_before_anything_is_built() -> None:
    """CD-02: every change is built and tested by itself."""
    source = {**SOURCE, "on": ["push", "pull_request"]}
    found = graph({**APP, "source": source})

    assert found.needs["build-amd64"] == ("source", "test")
    assert job(found, "test").commands == ("make test",)


@pytest.mark.parametrize("engine", ["codepipeline", "github_actions", "gitlab_ci", "jenkins"])
def test_one_model_stands_before_every_engine(engine: str) -> None:
    """CD-03: the tools of a stage can be exchanged; what it does stays."""
    approvers = ["arn:aws:iam::111122223333:role/release"] if engine == "codepipeline" else ["release"]
    environments = {name: dict(each) for name, each in BASE["environments"].items()}
    environments["production"]["approvers"] = approvers
    provider = {"gitlab_ci": "gitlab"}.get(engine, "github")
    connections = {"github": {"provider_type": "GitHub"}} if engine == "codepipeline" else {}
    source = {"provider": provider, "repository": "acme/web"} | ({"connection": "github"} if connections else {})
    said = {**APP, "engine": engine, "source": source}
    jenkins = {"engines": {"jenkins": {"cluster": "ci", "namespace": "jenkins"}}} if engine == "jenkins" else {}
    try:
        found = graph(said, environments=environments, connections=connections)
    except ValidationError:
        found = graph(said, environments=environments, connections=connections, **jenkins)

    assert [stage.name for stage in found.stages] == [stage.name for stage in graph(APP).stages]


def test_an_image_reaches_production_by_its_digest_after_tests_and_staging() -> None:
    """CD-04: commit, build, image to ECR after tests, set image by the Kubernetes API, rolling update."""
    found = graph(APP)

    assert {"test", "build-amd64", "scan", "publish", "deploy-staging", "verify-staging"} <= found.before(
        "deploy-production"
    )
    assert found.inputs["deploy-staging"] == found.inputs["deploy-production"] == ("publish",)
    assert "kubectl set image" in "\n".join(job(found, "deploy-production").commands)


def test_the_developers_half_ends_with_an_image() -> None:
    """CD-05: commit, package and test, image to ECR, and no cluster."""
    alone = {key: value for key, value in APP.items() if key != "deploy"}

    assert order(alone) == [["source"], ["test"], ["build-amd64"], ["scan"], ["publish"]]
    assert all(stage.environment is None for stage in graph(alone).stages)


def test_the_other_half_checks_a_chart_and_publishes_it_to_s3() -> None:
    """CD-06: helm lint, schemas and tests of the chart, and then a Helm repository in S3."""
    found = graph(CHART)
    check = "\n".join(job(found, "check").commands)

    assert order(CHART) == [["source"], ["check"], ["publish"]]
    assert all(tool in check for tool in ("helm lint", "kubeconform", "helm-unittest", "eks-blueprints check"))
    assert "--if-match" in "\n".join(job(found, "publish").commands)


def test_a_release_waits_for_image_and_chart_tries_them_and_rolls_back() -> None:
    """CD-07: fan-in on both artifacts, a test by Helm, rollback on error, helm upgrade --install."""
    found = graph(RELEASE)

    assert set(found.inputs["trial"]) == set(found.inputs["deploy-staging"]) == {"image", "chart"}
    assert "trial" in found.before("deploy-staging")
    deploy = job(found, "deploy-staging")
    assert "helm upgrade --install" in "\n".join(deploy.commands)
    assert "helm rollback" in "\n".join(deploy.on_failure)


def test_a_published_chart_starts_the_release() -> None:
    sources = {stage.name: stage for stage in graph(RELEASE).sources}

    assert (sources["chart-published"].repository, sources["chart-published"].key) == (
        "acme-charts",
        "stable/index.yaml",
    )


def test_the_developers_half_has_no_right_in_a_cluster() -> None:
    """CD-08: code without infrastructure; the chart and the clusters are the others'."""
    alone = {key: value for key, value in APP.items() if key != "deploy"}
    found = graph(alone)
    jobs = [job(found, stage.name) for stage in found.stages if stage.name != "source"]

    actions = {action for each in jobs for allow in each.allowed for action in getattr(allow, "actions", ())}
    assert actions
    assert not any(action.startswith("eks:") for action in actions)


def test_repositories_of_images_are_declared_with_scan_and_immutable_tags() -> None:
    """CD-09: ECR offers private and public registries; charts are releases with pinned versions."""
    repositories = {"web": {"name": "shop/web", "scan_on_push": True, "image_tag_mutability": "IMMUTABLE"}}
    args = read(APP, repositories=repositories, public_repositories={"tool": {}})

    assert args.repositories["web"].scan_on_push
    assert "chart_version" in "\n".join(job(graph(RELEASE), "deploy-staging").commands)


def test_waves_begin_when_the_one_before_has_succeeded() -> None:
    waves = {
        "canary": {"environment": "staging", "stacks": ["dev"]},
        "europe": {"environment": "production", "stacks": ["a", "b"], "alarms": ["errors"]},
        "america": {"environment": "production", "stacks": ["c"]},
    }
    platform = {"kind": "platform_pipeline", "source": SOURCE, "waves": waves}

    assert order(platform)[2:] == [
        ["preview-dev"],
        ["deploy-dev"],
        ["preview-a", "preview-b"],
        ["approve-europe"],
        ["deploy-a", "deploy-b"],
        ["verify-europe"],
        ["preview-c"],
        ["approve-america"],
        ["deploy-c"],
    ]
    assert graph(platform).inputs["deploy-b"] == ("preview-b",)


def test_a_stack_is_in_one_wave() -> None:
    waves = {
        "one": {"environment": "staging", "stacks": ["dev"]},
        "two": {"environment": "staging", "stacks": ["dev"]},
    }
    [problem] = told({"kind": "platform_pipeline", "source": SOURCE, "waves": waves})

    assert problem == "waves.two.stacks[0]: is in a wave already; got dev, of one; remove it from one of them"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"deploy": {"staging": {}}}, "deploy.staging: says not how it deploys; got no way for staging"),
        (
            {"deploy": {"staging": {"namespace": "other", "kubectl": {"workloads": ["deployment/web"]}}}},
            "deploy.staging.namespace: is not one that it can change; got other",
        ),
        ({"deploy": {"stagin": {"helm": {"release": "a", "chart": "c"}}}}, "deploy.stagin: "),
        ({"image": {"repository": "Shop"}}, "image.repository: is not the name of a repository in ECR"),
        (
            {"scan": {"waivers": [{"id": "CVE-2026-1", "reason": "too long to say", "expires": "soon"}]}},
            "scan.waivers[0]",
        ),
    ],
)
def test_a_problem_is_told_where_it_was_written(change: dict[str, Any], problem: str) -> None:
    assert any(each.startswith(problem) for each in told({**APP, **change})), told({**APP, **change})


def test_a_waiver_that_is_soon_over_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKS_BLUEPRINTS_TODAY", "2026-11-20")
    waivers = [{"id": "CVE-2026-1", "reason": "not reachable here", "expires": day} for day in ("2026-12-20",)]
    args = read({**APP, "scan": {"waivers": waivers}})
    [warning] = [each for each in args.warnings if "waivers" in each.path]
    assert "counts for 30 more days; got 2026-12-20 for CVE-2026-1" in warning.message

    waivers[0]["expires"] = "2026-12-21"
    assert not [each for each in read({**APP, "scan": {"waivers": waivers}}).warnings if "waivers" in each.path]


def test_a_program_that_is_not_known_names_the_nearest_and_one_of_ones_own_is_pinned() -> None:
    lint = {"kind": "test", "commands": ["helmm lint"], "tools": ["helmm"]}
    stages = {"kind": "custom_pipeline", "stages": {"source": SOURCE, "lint": lint}}

    [problem] = told(stages)
    assert problem.startswith("stages.lint.tools[0]: ")
    assert "did you mean helm?" in problem
    own = {"version": "1.0.0", "url": "https://acme.com/helmm-{amd64}", "sha256": {"x86_64": "0" * 64}}
    assert read(stages, tools={"pinned": {"helmm": own}})


def test_a_mirror_is_where_jobs_get_their_programs() -> None:
    args = read(CHART, tools={"mirror": "https://artifacts.acme.com"})
    pipeline = args.pipelines[0]
    found = pipeline.graph(args.environments)
    ref = args.ref("ci")
    [check] = [stage for stage in found.stages if stage.name == "check"]
    site = Site(pipeline="shop", region=ref.region, partition=ref.partition, account=ref.account, tools=ref.tools)
    work = found.work(check, site)

    assert isinstance(work, Job)
    assert "https://artifacts.acme.com/helm/" in "\n".join(install_lines(work.tools, "x86_64", work.pinned))


SEVERAL: dict[str, Any] = {
    "kind": "app_pipeline",
    "source": SOURCE,
    "platforms": ["x86_64", "arm64"],
    "images": {"web": {"repository": "shop/web"}, "worker": {"repository": "shop/worker"}},
    "deploy": {"staging": {"helm": {"release": "shop", "chart": "chart", "images": {"web": {"a": "digest"}}}}},
}


def test_several_images_are_built_beside_each_other_and_deployed_together() -> None:
    assert order(SEVERAL) == [
        ["source"],
        ["build-web-amd64", "build-web-arm64", "build-worker-amd64", "build-worker-arm64"],
        ["scan-web", "scan-worker"],
        ["publish-web", "publish-worker"],
        ["deploy-staging"],
        ["verify-staging"],
    ]
    found = graph(SEVERAL)
    # None is published before all have passed.
    assert set(found.nearest["publish-web"]) == {"scan-web", "scan-worker"}
    assert found.inputs["deploy-staging"] == ("publish-web", "publish-worker")
    assert "'publish-web a=digest'" in "\n".join(job(found, "deploy-staging").commands)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"images": {}}, "image: or images is required, but not both; got neither; set one of them"),
        (
            {"image": {"repository": "shop/web"}},
            "image: or images is required, but not both; got both; set one of them",
        ),
        (
            {"deploy": {"staging": {"helm": {"release": "a", "chart": "c", "images": {"wep": {"a": "tag"}}}}}},
            'deploy.staging.helm.images.wep: no such image of this pipeline; got "wep"; did you mean web?',
        ),
        (
            {"deploy": {"staging": {"kubectl": {"workloads": ["deployment/web"]}}}},
            (
                "deploy.staging: is a second one of a kind of which this stage uses one, beside publish-web; got "
                "publish-worker; name one of them, or say in images which is which"
            ),
        ),
        (
            {"images": {"web": {"repository": "shop/web"}, "worker": {"repository": "shop/web"}}},
            (
                "images.worker.repository: is that of web too, and both have the tag of the commit; got shop/web; "
                "give each a repository of its own"
            ),
        ),
    ],
)
def test_images_that_do_not_fit_together(change: dict[str, Any], problem: str) -> None:
    assert told({**SEVERAL, **change}) == [problem]


def test_a_way_to_deploy_is_not_handed_on_to_where_a_commit_deploys() -> None:
    agent = {"url": "https://github.com/acme/manifests.git", "path": "eu"}
    environments = {**BASE["environments"], "eu": {"gitops": agent}}
    told_of = {"urls": [{"url": "https://shop.example.com", "contains_commit": True}]}
    to = {"staging": APP["deploy"]["staging"], "eu": {"verify": told_of}}
    found = graph({**APP, "deploy": to}, environments=environments)

    assert "deploy_gitops" not in "\n".join(job(found, "deploy-staging").commands)
    assert any("gitops bump" in each for each in job(found, "deploy-eu").commands)


def test_stacks_whose_names_begin_alike_are_kept_apart() -> None:
    stacks = ["a-long-name-of-a-platform-in-eu-west-1", "a-long-name-of-a-platform-in-eu-west-2"]
    waves = {"all": {"environment": "staging", "stacks": stacks}}
    found = graph({"kind": "platform_pipeline", "source": SOURCE, "waves": waves})

    assert len({stage.name for stage in found.stages}) == len(found.stages) == 6


def test_stacks_of_a_wave_wait_for_the_same_stack_alone() -> None:
    source = {key: value for key, value in SOURCE.items() if key != "connection"}
    waves = {"all": {"environment": "staging", "stacks": ["a", "b", "c"]}}
    # GitHub lets one job of a group run and one wait: of an environment three would be too many.
    found = graph({"kind": "platform_pipeline", "engine": "github_actions", "source": source, "waves": waves})

    held = {stage.name: stage.holds for stage in found.stages}
    assert held["preview-a"] == held["deploy-a"] == "staging/a"
    assert len({held[f"deploy-{name}"] for name in "abc"}) == 3
