"""Secrets that stand in a stack file for all to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.plain_secrets import INSTEAD, found
from eks_blueprints.core.secret_objects import FIELDS, is_secret
from eks_blueprints.core.secret_text import looks, shaped, speaks

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

_TOLD = frozenset(
    {"node_config", "bottlerocket_settings", "pre_bootstrap_scripts", "post_bootstrap_scripts", "user_data"}
)
"""Fields with a check of their own."""
_SHOWN = frozenset({"tags", "subnet_tags", "labels", "annotations"})
"""Fields that take no secret, because AWS and Kubernetes show what they hold."""


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Warnings about what is, or looks like, a secret in plain text, in whatever field of a platform."""
    for path in _of_spec(args, ()):
        do = "remove it: anyone who can list resources can read it" if _SHOWN & set(path) else INSTEAD
        message = f"looks like a secret, and everyone who can read this file sees it; got plain text; {do}"
        yield Problem(path, message, severity="warning")


def _of_spec(spec: BaseModel, path: Path) -> Iterator[Path]:
    for name in type(spec).model_fields:
        if name in spec.model_fields_set and name not in (*_TOLD, *getattr(spec, "names_of_secrets", ())):
            value = getattr(spec, name)
            if name in getattr(spec, "secret_fields", ()):
                yield from ((*path, name, key) for key, text in value.items() if isinstance(text, str) and text)
            else:
                yield from _of_value(value, (*path, name), name)


def _of_value(value: Any, path: Path, name: str) -> Iterator[Path]:
    if isinstance(value, BaseModel):
        yield from _of_spec(value, path)
    elif isinstance(value, Mapping):
        if any(isinstance(item, BaseModel) for item in value.values()):
            for key, item in value.items():
                yield from _of_value(item, (*path, str(key)), str(key))
        else:
            yield from dict.fromkeys((*_of_secret_objects(value, path), *found(value, path=path)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            # Elements stand under their names.
            at = getattr(item, "name", "") if isinstance(item, BaseModel) else ""
            yield from _of_value(item, (*path, at or index), name)
    elif isinstance(value, str) and (shaped(value) or (speaks(name) and looks(name, value))):
        # Names of fields are ours: one that merely hints at a secret, such as `key`, is none.
        yield path


def _of_secret_objects(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, Mapping):
        for field in FIELDS if is_secret(value) else ():
            data = value.get(field)
            for key, text in data.items() if isinstance(data, Mapping) else ():
                if isinstance(text, str) and text:
                    yield (*path, field, str(key))
        for key, item in value.items():
            yield from _of_secret_objects(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _of_secret_objects(item, (*path, index))
