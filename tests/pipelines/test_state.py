"""The bucket and the key of Pulumi's state."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from eks_blueprints.blueprint.pipelines import Pipelines
from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.testing.recorded import Recorded, record


def made() -> Recorded:
    args = PipelinesArgs.model_validate({"region": "eu-west-1", "state": {"bucket": "acme-pulumi"}})
    return record(lambda: Pipelines("state", args)).is_valid()


def test_the_state_is_versioned_encrypted_and_private() -> None:
    found = made()

    assert found.one("aws:s3/bucketVersioning:BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
    [rule] = found.one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")[
        "rules"
    ]
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms"
    assert found.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")["restrictPublicBuckets"]
    assert "aws:SecureTransport" in str(found.one("aws:s3/bucketPolicy:BucketPolicy")["policy"])


@pytest.mark.parametrize("kind", ["aws:s3/bucket:Bucket", "aws:kms/key:Key"])
def test_bucket_and_key_stay(kind: str) -> None:
    made().one(kind).has_option(protect=True, retain_on_delete=True)


def test_a_name_that_no_bucket_can_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="is not a valid name of a bucket"):
        PipelinesArgs.model_validate({"region": "eu-west-1", "state": {"bucket": "Acme_Pulumi"}})
