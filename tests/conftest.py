"""No test depends on the day on which it runs."""

import os

from eks_blueprints.core.clock import VARIABLE

os.environ[VARIABLE] = "2026-11-21"
