"""Cases of the rules about pipelines."""

from typing import Any

from tests.policies.build import chart, res, role


def _pipeline(name: str, *actions: tuple[str, str], key: Any = None) -> Any:
    stages = [{"name": "Stage", "actions": [{"name": each, "category": category} for each, category in actions]}]
    stores = [{"location": "artifacts", "type": "S3", **({"encryptionKey": {"id": key}} if key else {})}]
    return res("aws:codepipeline/pipeline:Pipeline", name, {"stages": stages, "artifactStores": stores})


def _project(name: str, privileged: bool, buildspec: str) -> Any:
    given = {"environment": {"privilegedMode": privileged}, "source": {"type": "CODEPIPELINE", "buildspec": buildspec}}
    return res("aws:codebuild/project:Project", name, given)


def _entry(name: str, of: str) -> Any:
    return res("aws:eks/accessEntry:AccessEntry", name, {"clusterName": "shop", "principalArn": f"${{{of}.arn}}"})


_BUILD = role("build", {"Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"})
_PEOPLE = role("people", {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"})
_PROVIDER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
_HUB = role("hub", {"Principal": {"Federated": _PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity"})

CASES = {
    "pipeline-production-approved": [
        [_pipeline("fail-a", ("Build", "Build"), ("deploy-production", "Build"))],
        [_pipeline("fail-b", ("deploy-prod", "Deploy"), ("Ask", "Approval"))],
        [_pipeline("pass-a", ("deploy-staging", "Build"), ("Ask", "Approval"), ("deploy-production", "Build"))],
        [_pipeline("na-a", ("deploy-staging", "Build"), ("build-product-page", "Build"))],
    ],
    "pipeline-artifacts-encrypted": [
        [_pipeline("fail-a", ("Build", "Build"))],
        [_pipeline("pass-a", ("Build", "Build"), key="arn:aws:kms:eu-west-1:111122223333:key/1")],
    ],
    "codebuild-privileged-only-for-images": [
        [_project("fail-a", True, "version: 0.2\nphases: {build: {commands: [make test]}}\n")],
        [_project("pass-a", True, "version: 0.2\nphases: {build: {commands: [docker buildx build .]}}\n")],
        [_project("na-a", False, "version: 0.2\n"), _project("na-b", True, "ci/buildspec.yml")],
    ],
    "gitops-cluster-without-pipeline-access": [
        [chart("argo", "argo-cd"), _BUILD, _entry("fail-a", "build")],
        [chart("flux", "flux2"), _HUB, _entry("fail-a", "hub")],
        [chart("argo", "argo-cd"), _PEOPLE, _entry("pass-a", "people")],
        [_BUILD, _entry("na-a", "build")],
    ],
}
