"""What the recording of any platform imports, for a process that others are to come of (`processes.py`)."""

from eks_blueprints.core import late_modules

late_modules.install()  # before anything imports pulumi

from eks_blueprints.blueprint import blueprint  # noqa: E402, F401
from eks_blueprints.recording import inputs  # noqa: E402, F401
from eks_blueprints.review.preview import json_form, run, text  # noqa: E402, F401
from eks_blueprints.stackfile import program  # noqa: E402, F401
