"""MLflow: where its artifacts go."""

from __future__ import annotations

import json

from eks_blueprints.addons.mlflow import Mlflow
from tests.builders import recorded


def test_it_calls_no_aws_without_a_bucket() -> None:
    recorded(Mlflow().install).none("Role").none("PodIdentityAssociation")


def test_artifacts_go_to_the_bucket_by_a_role_for_it() -> None:
    plan = recorded(Mlflow(artifact_bucket="models", artifact_prefix="team-a").install)
    assert plan.one("Release")["values.artifactRoot.s3"] == {"enabled": True, "bucket": "models", "path": "team-a"}
    assert "arn:aws:s3:::models/*" in json.dumps(plan.one("RolePolicy")["policy"])
    plan.one("PodIdentityAssociation").has(serviceAccount="mlflow", namespace="mlflow")


def test_the_account_of_its_pods_is_the_one_with_the_role() -> None:
    plan = recorded(Mlflow(artifact_bucket="models", namespace="science").install)
    plan.one("PodIdentityAssociation").has(namespace="science")
    plan.one("Release").has({"values.serviceAccount.name": "mlflow"})
