"""The build specification of a project of CodeBuild: what one stage runs, as YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from eks_blueprints.pipelines._job import Job, Output
from eks_blueprints.pipelines.engines._codepipeline.frame import artifact_name
from eks_blueprints.pipelines.engines._script import as_file, script

FORMATS = {"junit": "JUNITXML", "cobertura": "COBERTURAXML"}
"""Formats of reports that CodeBuild shows. Source: AWS CodeBuild User Guide, "Build specification reference for
CodeBuild", read 2026-11-30."""

_IMAGE = (
    '(.ImageURI | split("@")[0] | capture("^(?<registry>[^/]+)/(?<repository>[^:]+)"))'
    " + {tag: (.ImageTags // [])[0], digest: .ImageDigest, platforms: {unknown: .ImageDigest}}"
)
"""What ECR's source action says of an image, as stages name images."""


def text(
    job: Job,
    inputs: Mapping[str, Output],
    outputs: Mapping[str, Output],
    primary: str,
    *,
    clones: bool = False,
    variables: Mapping[str, str] | None = None,
) -> str:
    """The specification, the same text for the same job.

    Args:
        job: What the stage runs.
        inputs: The artifacts that it is given.
        outputs: The artifacts that it makes.
        primary: The artifact whose files the job starts in.
        clones: Whether CodeBuild clones a repository itself, for which it lends Git its credentials.
        variables: Variables of the specification, for a project that has none.
    """
    body = script(job, outputs, before=[line for name in inputs for line in _placed(name, inputs[name], primary)])
    spec: dict[str, Any] = {"version": 0.2, "env": {"shell": "bash"}}
    if variables:
        spec["env"]["variables"] = dict(variables)
    if clones:
        spec["env"]["git-credential-helper"] = True
    if job.matrix:
        values = {name: list(each) for name, each in job.matrix.items()}
        matrix = {"static": {"ignore-failure": False}, "dynamic": {"env": {"variables": values}}}
        spec["batch"] = {"fast-fail": False, "build-matrix": matrix}
    # A file, and not the lines themselves: CodeBuild runs lines where a failure within one of them goes unnoticed.
    build: dict[str, Any] = {"commands": [LiteralScalarString(as_file(body))]}
    # A build that is aborted keeps no reports and no artifacts; otherwise it fails after they are kept.
    if not job.reports and not any(output.always for output in outputs.values()):
        build = {"on-failure": "ABORT", **build}
    spec["phases"] = {"build": build}
    if reports := {name: each for name, each in job.reports.items() if each.kind in FORMATS}:
        spec["reports"] = {
            name: {"files": list(each.paths), "file-format": FORMATS[each.kind]} for name, each in reports.items()
        }
    if outputs:
        spec["artifacts"] = _artifacts(list(outputs))
    if job.cache:
        spec["cache"] = {"paths": [f"{folder.rstrip('/')}/**/*" for folder in job.cache]}
    return _yaml(spec)


def _placed(name: str, output: Output, primary: str) -> Iterator[str]:
    """Lines that put an input into `artifacts/<name>`; sources that a job starts in stay where they are."""
    if name == primary and output.kind == "source":
        return
    folder = f"artifacts/{name}"
    yield f"mkdir -p {folder}"
    if name == primary:
        place, copied = ".", f"find . -mindepth 1 -maxdepth 1 ! -name artifacts -exec cp -a {{}} {folder}/ ';'"
    else:
        place = f"${{CODEBUILD_SRC_DIR_{artifact_name(name)}:?}}"
        copied = f'cp -a "{place}/." {folder}/'
        if output.in_parts:
            # AWS says of several builds' artifacts that they are one, not whether each has a folder of its own there.
            copied = f"find \"{place}\" -type f -exec cp {{}} {folder}/ ';'"
    if output.kind == "image":
        # ECR's source action names an image in its own way, and a build as stages do.
        yield f'if [ -f "{place}/imageDetail.json" ]; then'
        yield f"  jq '{_IMAGE}' \"{place}/imageDetail.json\" > {folder}/image.json"
        yield f"else {copied}; fi"
    else:
        yield copied


def _artifacts(names: Sequence[str]) -> dict[str, Any]:
    # CodePipeline takes the only artifact from here, and several from below by their names.
    found = {artifact_name(name): {"base-directory": f"artifacts/{name}", "files": ["**/*"]} for name in names}
    if len(names) == 1:
        return next(iter(found.values()))
    return {"files": ["**/*"], "base-directory": f"artifacts/{names[0]}", "secondary-artifacts": found}


def _yaml(spec: Mapping[str, Any]) -> str:
    writer = YAML()
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    writer.dump(dict(spec), stream)
    return stream.getvalue()
