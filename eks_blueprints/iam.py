"""IAM permissions as the authors of add-ons and of roles write them: `Allow("s3:GetObject", on=[...])`."""

from eks_blueprints.core.iam import Allow

__all__ = ["Allow"]
