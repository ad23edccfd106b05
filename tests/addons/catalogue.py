"""What tests of the whole catalogue share: every kind, the least it takes, and what it then asks for."""

from __future__ import annotations

from functools import cache
from typing import Any

from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import element_class, kinds
from eks_blueprints.reference.addon_facts import samples
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

KINDS = sorted(kinds(AddOn))
ACCOUNT = "eu-west-1:111122223333"

LEAST = samples()
"""Arguments of the kinds that cannot do without some."""

FULL: dict[str, dict[str, Any]] = {
    "aws_ebs_csi_driver": {"kms_key_arns": [f"arn:aws:kms:{ACCOUNT}:key/abc"]},
    "aws_efs_csi_driver": {
        "file_system_arns": [f"arn:aws:elasticfilesystem:{ACCOUNT}:file-system/fs-0123456789abcdef0"]
    },
    "aws_for_fluent_bit": {
        "cloudwatch": {},
        "s3": {"bucket": "shop-logs"},
        "stream": {"arn": f"arn:aws:kinesis:{ACCOUNT}:stream/logs"},
        "opensearch": {"domain_arn": f"arn:aws:es:{ACCOUNT}:domain/logs", "host": "logs.example.com"},
    },
    "aws_fsx_csi_driver": {"data_buckets": ["shop-data"]},
    "cert_manager": LEAST["external_dns"],
    "external_secrets": {
        "secret_arns": [f"arn:aws:secretsmanager:{ACCOUNT}:secret:shop/*"],
        "parameter_arns": [f"arn:aws:ssm:{ACCOUNT}:parameter/shop/*"],
        "kms_key_arns": [f"arn:aws:kms:{ACCOUNT}:key/abc"],
    },
    "kube_prometheus_stack": {"workspace_arn": f"arn:aws:aps:{ACCOUNT}:workspace/ws-0a1b2c3d"},
    "velero": {"kms_key_arn": f"arn:aws:kms:{ACCOUNT}:key/abc", "schedules": {"daily": {"cron": "@daily"}}},
}
"""Arguments with which a kind is allowed more than with the least."""


def class_of(kind: str) -> type[AddOn]:
    """The class of a kind."""
    found: Any = element_class(AddOn, kind)
    return found  # type: ignore[no-any-return]


def addon(kind: str, **fields: Any) -> AddOn:
    """An add-on with the least it takes, and `fields`."""
    return class_of(kind).model_validate(LEAST.get(kind, {}) | fields)


def record_it(kind: str, **fields: Any) -> Recorded:
    """What an add-on asks for."""
    return recorded(addon(kind, **fields).install)


@cache
def least(kind: str) -> Recorded:
    """What an add-on with the least it takes asks for."""
    return record_it(kind)


@cache
def full(kind: str) -> Recorded:
    """What an add-on with all that the table of full ones gives it asks for."""
    return record_it(kind, **FULL[kind]) if kind in FULL else least(kind)
