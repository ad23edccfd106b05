"""What becomes of parts of a ClusterConfig that are more than a field by another name; a module for each subject.

A step is given the part and the path of the element that it is about. What a step leaves alone is reported.
"""

import importlib

_SUBJECTS = (
    "access",
    "addons",
    "control_plane",
    "group_images",
    "group_parts",
    "groups",
    "identities",
    "local_zones",
    "network",
    "others",
)


def load() -> None:
    """Import all of them, by which `rules.STEPS` is complete."""
    for subject in _SUBJECTS:
        importlib.import_module(f"{__name__}.{subject}")
