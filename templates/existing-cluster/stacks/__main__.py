"""Puts on a cluster what `team/platform.py` says; the settings of the stack, beside this file, say which cluster."""

import sys
from pathlib import Path

import pulumi
from eks_blueprints import stackfile

sys.path.insert(0, str(Path(__file__).parent.parent))  # Pulumi finds only the modules beside this file

from team.platform import PROJECT, TeamArgs, TeamPlatform

platform = TeamPlatform(f"{PROJECT}-{pulumi.get_stack()}", stackfile.from_config(TeamArgs, "team:platform"))
for key, value in platform.outputs().items():
    pulumi.export(key, value)
