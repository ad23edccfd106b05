"""The build specification of AWS CodeBuild as its guide documents it, strictly: what is not documented is a fault.

Source: AWS CodeBuild User Guide, "Build specification reference for CodeBuild" and "Batch build buildspec reference",
read 2026-11-30. AWS publishes no schema of it, and SchemaStore has none.
"""

from __future__ import annotations

from typing import Any

import jsonschema

from eks_blueprints.core.yaml_text import load

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT, "minItems": 1}
SWITCH: dict[str, Any] = {"enum": [True, False, "yes", "no"]}
VARIABLES: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"pattern": r"^(?!CODEBUILD_)[A-Za-z_]\w*$"},
    "additionalProperties": {"type": "string"},
}
FORMATS = [
    *("CUCUMBERJSON", "JUNITXML", "NUNITXML", "NUNIT3XML", "TESTNGXML", "VISUALSTUDIOTRX"),
    *("CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"),
]


def closed(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object with these properties alone; `_` in a name stands for `-`."""
    named = {name.replace("_", "-").replace("--", "_"): value for name, value in properties.items()}
    return {"type": "object", "properties": named, "required": list(required), "additionalProperties": False}


PHASE: dict[str, Any] = {
    "run-as": TEXT,
    "on-failure": {"type": "string", "pattern": r"^(ABORT|CONTINUE|RETRY(-\d+)?(-.+)?)$"},
    "commands": TEXTS,
    "finally": TEXTS,
}
ARTIFACT: dict[str, Any] = {
    "files": TEXTS,
    "name": TEXT,
    "discard-paths": SWITCH,
    "base-directory": TEXT,
    "exclude-paths": TEXT,
    "enable-symlinks": SWITCH,
    "s3-prefix": TEXT,
}
IDENTIFIER = {"type": "string", "pattern": r"^[A-Za-z0-9_]{1,128}$"}
TASK_ENV = closed(compute_type=TEXT, fleet=TEXT, image=TEXT, privileged_mode=SWITCH, type=TEXT, variables=VARIABLES)
TASK: dict[str, Any] = {"buildspec": TEXT, "debug-session": SWITCH, "env": TASK_ENV, "ignore-failure": SWITCH}
MATRIX = closed(
    static=closed(ignore_failure=SWITCH, debug_session=SWITCH, env=closed(privileged_mode=SWITCH, type=TEXT)),
    dynamic=closed(
        buildspec=TEXTS,
        env=closed(
            compute_type=TEXTS,
            image=TEXTS,
            variables={**VARIABLES, "additionalProperties": {**TEXTS, "uniqueItems": True}},
        ),
    ),
)


def task(*required: str) -> dict[str, Any]:
    """Tasks of a batch."""
    properties = {**TASK, "identifier": IDENTIFIER, "depend-on": TEXTS}
    item = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return {"type": "array", "items": item, "minItems": 1, "maxItems": 100}


def artifact(required: tuple[str, ...], **more: Any) -> dict[str, Any]:
    properties = {**ARTIFACT, **more}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


REPORT = closed(
    ("files",), files=TEXTS, base_directory=TEXT, discard_paths=SWITCH, file_format={"enum": FORMATS, "type": "string"}
)
PHASES = {
    name: {"type": "object", "properties": PHASE, "additionalProperties": False} for name in ("pre_build", "post_build")
}
BATCH: dict[str, Any] = {
    **closed(fast_fail=SWITCH, build_list=task(), build_graph=task("identifier"), build_matrix=MATRIX),
    "minProperties": 1,
    "not": {
        "anyOf": [
            {"required": ["build-list", "build-graph"]},
            {"required": ["build-list", "build-matrix"]},
            {"required": ["build-graph", "build-matrix"]},
        ]
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version", "phases"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 0.2},
        "run-as": TEXT,
        "env": closed(  # noqa: S604 - a key of the file
            shell={"enum": ["bash", "/bin/sh", "powershell.exe", "cmd.exe"]},
            variables=VARIABLES,
            parameter_store=VARIABLES,
            secrets_manager=VARIABLES,
            exported_variables=TEXTS,
            git_credential_helper=SWITCH,
        ),
        "proxy": closed(upload_artifacts=SWITCH, logs=SWITCH),
        "batch": BATCH,
        "phases": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {
                **PHASES,
                "install": {
                    "type": "object",
                    "properties": {**PHASE, "runtime-versions": VARIABLES},
                    "additionalProperties": False,
                },
                "build": {
                    "type": "object",
                    "properties": PHASE,
                    "required": ["commands"],
                    "additionalProperties": False,
                },
            },
        },
        "reports": {
            "type": "object",
            "propertyNames": {"pattern": r"^[A-Za-z0-9][A-Za-z0-9_-]{1,127}$"},
            "additionalProperties": REPORT,
        },
        "artifacts": artifact(
            ("files",),
            **{
                "secondary-artifacts": {
                    "type": "object",
                    "propertyNames": IDENTIFIER,
                    "additionalProperties": artifact(("files",)),
                }
            },
        ),
        "cache": closed(("paths",), key=TEXT, fallback_keys=TEXTS, action={"enum": ["RESTORE", "SAVE"]}, paths=TEXTS),
    },
}


def faults(text: str) -> list[str]:
    """What a specification has that the guide does not document."""
    found = jsonschema.Draft7Validator(SCHEMA).iter_errors(_plain(load(text)))
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in found]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(value)
    return str(value) if isinstance(value, str) else value
