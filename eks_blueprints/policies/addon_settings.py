"""The settings of an EKS add-on, which are JSON or YAML in a text."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.yaml_text import YAMLError, load
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.stack import Resource


def settings_of(found: Resource) -> Props:
    """What an EKS add-on is configured with, to read on from there."""
    values = found.props.document("configurationValues")
    if values.value is None and isinstance(text := found.inputs.get("configurationValues"), str):
        return Props(parsed(values, text), values.path, values.names)
    return values


def parsed(document: Props, text: str) -> Any:
    """The value that a text holds as JSON or YAML; None where it is neither."""
    if document.value is not None:
        return document.value
    try:
        return load(text)
    except YAMLError:
        return None
