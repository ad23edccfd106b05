"""Builds the platform that `<stack>.yaml` beside this file describes."""

from pathlib import Path

import pulumi
from eks_blueprints import stackfile

stackfile.deploy(Path(__file__).with_name(f"{pulumi.get_stack()}.yaml"))
