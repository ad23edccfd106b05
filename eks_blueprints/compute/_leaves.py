"""Names and ids that groups of EC2 nodes take."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import IN_THE_REGION

_license = Form(
    r"arn:aws(-[a-z]+)*:license-manager:[a-z0-9-]+:\d{12}:license-configuration[:/]lic-[0-9a-f]{32}",
    what="is not a valid ARN of a license configuration",
    do="write arn:aws:license-manager:region:111122223333:license-configuration:lic- and 32 hex digits",
)
_template_name = Form(
    r"[A-Za-z0-9().\-/_]{3,128}",
    what="is not a valid name of a launch template",
    do="use 3 to 128 letters, digits and ().-/_",
)
_snapshot_id = Form(
    r"snap-[0-9a-f]{8,17}", what="is not a valid id of a snapshot", do="write snap- and 8 to 17 hex digits"
)

LicenseConfigurationArn = Annotated[str, AfterValidator(_license), IN_THE_REGION]
"""ARN of a license configuration of AWS License Manager."""

TemplateName = Annotated[str, AfterValidator(_template_name)]
"""Name of a launch template."""

SnapshotId = Annotated[str, AfterValidator(_snapshot_id)]
"""Id of an EBS snapshot."""
