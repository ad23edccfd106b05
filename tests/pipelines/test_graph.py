"""The stages of a pipeline in order, and what is wrong with them together."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.core.errors import problems_of

SOURCE = {"provider": "github", "repository": "acme/web", "connection": "github"}
BASE: dict[str, Any] = {
    "region": "eu-west-1",
    "connections": {"github": {"provider_type": "GitHub"}},
    "environments": {
        "staging": {"cluster": "shop-staging", "namespaces": ["shop"]},
        "production": {"cluster": "shop", "namespaces": ["shop"], "production": True, "approvers": ["acme/release"]},
    },
}


def read(stages: dict[str, Any], **fields: Any) -> PipelinesArgs:
    pipeline = {"kind": "custom_pipeline", "stages": {"source": SOURCE, **stages}, **fields}
    return PipelinesArgs.model_validate({**BASE, "pipelines": {"web": pipeline}})


def told(stages: dict[str, Any], **fields: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        read(stages, **fields)
    return [str(problem).removeprefix("pipelines.web.") for problem in problems_of(caught.value)]


def needs(stages: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    args = read(stages)
    return dict(args.pipelines[0].graph(args.environments).nearest)


RUN = {"commands": ["make"]}


def test_a_stage_waits_for_all_that_are_listed_before_it() -> None:
    found = needs({"lint": {"kind": "test", **RUN}, "test": RUN, "build": RUN})

    assert found == {"source": (), "lint": ("source",), "test": ("lint",), "build": ("test",)}


def test_stages_that_say_after_run_beside_each_other_and_the_next_waits_for_all() -> None:
    beside = {"after": ["source"], **RUN}

    assert needs({"lint": {"kind": "test", **beside}, "test": beside, "build": RUN})["build"] == ("lint", "test")


def test_a_stage_waits_for_the_maker_of_its_inputs_whatever_after_says() -> None:
    made = {"commands": ["make"], "artifacts": {"site": ["dist/**"]}}
    found = needs({"build": made, "test": {"after": ["source"], "inputs": ["site"], **RUN}})

    assert found["test"] == ("build",)


def test_an_artifact_that_no_stage_makes_names_the_nearest() -> None:
    made = {"commands": ["make"], "artifacts": {"site": ["dist/**"]}}

    [problem] = told({"build": made, "test": {"inputs": ["sites"], **RUN}})

    assert problem.startswith("stages.test.inputs[0]: ")
    assert "did you mean site?" in problem


def test_two_stages_cannot_make_one_artifact() -> None:
    made = {"kind": "build", "commands": ["make"], "artifacts": {"site": ["dist/**"]}}

    assert told({"one": made, "two": made}) == [
        "stages.two: makes an artifact that one makes; got site; rename one of them"
    ]


def test_a_circle_is_named() -> None:
    a, b = {"kind": "test", "after": ["b"], **RUN}, {"kind": "test", "after": ["a"], **RUN}

    [problem] = told({"a": a, "b": b})

    assert "waits for itself; got " in problem


def test_an_approval_by_somebody_who_can_push_is_refused() -> None:
    said = told({"approve": {"environment": "production"}}, pushers=["acme/release"])

    wrong = "can push and would approve their own change; got acme/release; remove it from one of the lists"
    assert said[0] == f"stages.approve.approvers: {wrong}"


def test_an_approval_by_nobody_is_refused() -> None:
    wrong = "says not who can approve; got none; list them in approvers, of the stage or of its environment"
    assert told({"approve": {}}) == [f"stages.approve.approvers: {wrong}"]


def test_a_secret_in_plain_text_is_refused_and_not_quoted() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    secret = "wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCYEXAMPLEKEY"
    [problem] = told({"build": {**RUN, "variables": {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}}})[-1:]

    assert "in plain text" in problem
    assert secret not in problem


def test_a_pipeline_without_a_source_is_refused() -> None:
    pipeline = {"kind": "custom_pipeline", "stages": {"build": RUN}}
    with pytest.raises(ValidationError) as caught:
        PipelinesArgs.model_validate({**BASE, "pipelines": {"web": pipeline}})

    [problem] = problems_of(caught.value)
    assert str(problem).startswith("pipelines.web: needs a source; got none; add one")


def test_codepipeline_needs_a_connection_to_a_host() -> None:
    source = {"provider": "github", "repository": "acme/web"}
    [problem] = told({"source": source, "build": RUN})

    assert problem.startswith("stages.source.connection: is required for CodePipeline to read github; got none")


def test_a_chart_of_a_registry_is_sent_to_the_kind_of_pipeline_that_deploys_it() -> None:
    chart = "oci://111122223333.dkr.ecr.eu-west-1.amazonaws.com/charts/web"
    deploy = {"environment": "staging", "helm": {"release": "web", "chart": chart}}

    [problem] = told({"build": RUN, "deploy": deploy})

    assert problem.startswith("stages.deploy.helm.chart: is a folder of the checkout; got ")
    assert "release_pipeline" in problem


def image(name: str) -> dict[str, Any]:
    return {"kind": "build", "after": ["source"], "image": {"repository": name}}


TWO = {"web": image("web"), "worker": image("worker")}


def test_a_second_image_is_not_left_out_without_a_word() -> None:
    deploy = {"environment": "staging", "inputs": ["web", "worker"], "kubectl": {"workloads": ["deployment/web"]}}

    [problem] = told({**TWO, "deploy": deploy})
    assert problem.startswith("stages.deploy.inputs[1]: is a second one of a kind of which this stage uses one")
    assert problem.endswith("got worker; name one of them, or say in images which is which")


def test_images_that_are_named_are_inputs() -> None:
    kubectl = {"manifests": ["k8s"], "images": {"WEB": "web", "WORKER": "worker"}}
    args = read({**TWO, "deploy": {"environment": "staging", "kubectl": kubectl}})
    graph = args.pipelines[0].graph(args.environments)

    assert graph.inputs["deploy"] == ("web", "worker")
    assert graph.nearest["deploy"] == ("web", "worker")


def test_an_image_that_is_named_must_be_made() -> None:
    kubectl = {"manifests": ["k8s"], "images": {"WEB": "wbe", "SITE": "site"}}
    made = {"kind": "build", "commands": ["make"], "artifacts": {"site": ["dist"]}}
    found = told({**TWO, "made": made, "deploy": {"environment": "staging", "kubectl": kubectl}})

    assert found[0].startswith("stages.deploy.kubectl.images.WEB: ")
    assert "did you mean web?" in found[0]
    assert found[1] == "stages.deploy.kubectl.images.SITE: is files; got site; name an image"


def test_files_that_a_stage_made_can_be_deployed() -> None:
    made = {"kind": "build", "commands": ["make"], "artifacts": {"rendered": ["out/**"]}}
    deploy = {"environment": "staging", "inputs": ["rendered"], "kubectl": {"manifests": ["artifacts/rendered/out"]}}
    args = read({"made": made, "deploy": deploy})

    assert args.pipelines[0].graph(args.environments).inputs["deploy"] == ("rendered",)


def test_an_image_that_is_there_and_not_among_the_inputs_is_told() -> None:
    made = {"kind": "build", "commands": ["make"], "artifacts": {"site": ["dist"]}}
    deploy = {"environment": "staging", "inputs": ["site"], "kubectl": {"workloads": ["deployment/web"]}}

    assert told({"web": image("web"), "made": made, "deploy": deploy}) == [
        "stages.deploy.inputs: needs an image; got none among its inputs; name one there too"
    ]


@pytest.mark.parametrize(
    ("kubectl", "why"),
    [
        ({}, "workloads: or kustomize or manifests is required, but one alone; got none; set one of them"),
        ({"workloads": ["deployment/a"], "manifests": ["k8s"]}, "got workloads and manifests"),
        ({"workloads": ["deployment/a"], "images": {"A": "web"}}, "images: is for manifests; got"),
        ({"manifests": ["k8s"], "container": "web"}, "container: is for workloads; got"),
        ({"manifests": ["k8s"], "image_name": "A", "images": {"A": "web"}}, "image_name: is one of several; got"),
        ({"manifests": ["../k8s"]}, "manifests[0]: is not a path within a repository"),
        ({"manifests": ["k8s"], "image_name": "a b"}, "image_name: is not a name of an image"),
    ],
)
def test_ways_of_kubectl_that_do_not_fit_together(kubectl: dict[str, Any], why: str) -> None:
    found = told({**TWO, "deploy": {"environment": "staging", "kubectl": kubectl}})

    assert why in found[0]


def test_keys_of_one_image_and_of_several_are_told() -> None:
    helm = {"release": "a", "chart": "c", "image_values": {"a": "tag"}, "images": {"web": {"a": "tag"}}}
    [problem] = told({**TWO, "deploy": {"environment": "staging", "helm": helm}})

    assert problem.startswith("stages.deploy.helm.image_values: is for one image; got it beside images")


TOKEN = "npm_" + "a1B2" * 9


@pytest.mark.parametrize(
    ("stages", "variables", "where"),
    [
        ({"web": {**image("web"), "image": {"repository": "web", "args": {"NPM_TOKEN": TOKEN}}}}, {}, "image.args.NPM"),
        ({"test": RUN}, {"API_TOKEN": {"default_value": TOKEN}}, "variables.API_TOKEN.default_value"),
        (
            {"verify": {"environment": "staging", "urls": [{"url": "https://x.example.com", "contains": TOKEN}]}},
            {},
            "stages.verify.urls[0].contains",
        ),
    ],
)
def test_a_secret_is_found_wherever_it_stands(stages: dict[str, Any], variables: Any, where: str) -> None:
    [problem] = told(stages, variables=variables)

    assert where in problem
    assert "holds a secret in plain text; got [secret]; put it into Secrets Manager" in problem
    assert TOKEN not in problem


def test_the_name_of_a_secret_is_none() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:gpg-AbCdEf"
    signed = {"key": "acme", "keyring": "GPG_RING", "passphrase": "GPG_PASSPHRASE"}
    chart = {"path": "chart", "bucket": "s3://acme-charts", "provenance": signed}
    secrets = {"GPG_RING": f"{arn}:ring", "GPG_PASSPHRASE": f"{arn}:phrase"}

    assert read({"publish": {"chart": chart, "secrets": secrets}})


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"artifacts": {"a": ["/etc/passwd"]}}, "artifacts.a[0]: is not below the root of the checkout"),
        ({"artifacts": {"a": ["x/../../y"]}}, "artifacts.a[0]: is not below the root of the checkout"),
        ({"runner": {"image": "a b; id"}}, "runner.image: is not an image of a container"),
        ({"secrets": {"T": "my-secret"}}, "secrets.T: is not the ARN of a secret"),
        ({"secrets": {"T": "arn:aws:s3:::bucket"}}, "secrets.T: is not the ARN of a secret"),
    ],
)
def test_texts_that_cannot_be_meant_are_told(fields: dict[str, Any], why: str) -> None:
    [problem] = told({"test": {**RUN, **fields}})

    assert problem.startswith(f"stages.test.{why}")


@pytest.mark.parametrize("name", ["111122223333.dkr.ecr.eu-west-1.amazonaws.com/web", "public.ecr.aws/a/web"])
def test_a_repository_is_named_without_its_host(name: str) -> None:
    [problem] = told({"web": {"kind": "build", "image": {"repository": name}}})

    assert "is not the name of a repository in ECR" in problem
