"""No test depends on the day on which it runs, nor on how busy the machine is; none passes over an exception."""

import os

from hypothesis import settings

from eks_blueprints.core.clock import VARIABLE

pytest_plugins = ["pytester"]

os.environ[VARIABLE] = "2026-11-21"
os.environ["EKS_BLUEPRINTS_DEBUG"] = "1"  # an exception that no rule foresaw fails a test

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
