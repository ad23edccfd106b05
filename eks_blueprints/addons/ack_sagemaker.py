"""ACK's controller for Amazon SageMaker AI."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckSagemaker(AckRolePasser):
    """Make models, endpoints, training jobs, pipelines, notebooks and domains."""

    service: ClassVar[str] = "sagemaker"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("sagemaker.amazonaws.com",)
    linked_roles: ClassVar[tuple[str, ...]] = ("sagemaker.amazonaws.com",)
