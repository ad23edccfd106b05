"""No test depends on the day on which it runs, nor on how busy the machine is."""

import os

from hypothesis import settings

from eks_blueprints.core.clock import VARIABLE

os.environ[VARIABLE] = "2026-11-21"

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
