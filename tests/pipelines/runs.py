"""Runs a whole pipeline as CodePipeline and CodeBuild do: stage by stage, with artifacts handed from one to the next.

Programs of clouds and clusters are stand-ins of a `Machine`; the specifications of the builds run in a real bash.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eks_blueprints.core.yaml_text import load
from eks_blueprints.testing.recorded import Recorded
from tests.pipelines.bash import GIVEN, Machine

VALUES = {"CommitId": GIVEN["COMMIT"], "VersionId": "3HL4kqtJlcpXroDTDmJ", "ImageDigest": "sha256:abc"}


@dataclass
class Run:
    """One run of a pipeline."""

    machine: Machine
    plan: Recorded
    pipeline: str
    """Name of the pipeline in AWS."""
    sources: Mapping[str, Path]
    """The files of each source, by the name of its action."""
    failed: str | None = None
    """The action that failed, with what it wrote."""
    done: list[str] = field(default_factory=list)
    said: str = ""

    def artifact(self, name: str) -> Path:
        return self.machine.root / "store" / name

    def go(self) -> Run:
        """Run it until something fails."""
        for stage in self.plan.one("codepipeline.Pipeline", self.pipeline)["stages"]:
            for action in stage["actions"]:
                if self.failed is not None:
                    return self
                if action["category"] == "Source":
                    self._taken(action)
                elif action["provider"] == "CodeBuild":
                    self._built(action)
                self.done.append(action["name"])
        return self

    def _taken(self, action: Mapping[str, Any]) -> None:
        [name] = action["outputArtifacts"]
        shutil.copytree(self.sources[action["name"]], self.artifact(name))

    def _built(self, action: Mapping[str, Any]) -> None:
        folder = self.machine.root / "builds" / action["name"]
        configuration = action["configuration"]
        names = action["inputArtifacts"]
        primary = configuration["PrimarySource"] if len(names) > 1 else names[0]
        given: dict[str, str] = {}
        for index, name in enumerate(names):
            place = folder / ("src" if name == primary else f"src{index}")
            shutil.copytree(self.artifact(name), place)
            given["CODEBUILD_SRC_DIR" if name == primary else f"CODEBUILD_SRC_DIR_{name}"] = str(place)
        project = self.plan.one("codebuild.Project", self._project(configuration["ProjectName"]))
        for each in (*project["environment.environmentVariables"], *json.loads(configuration["EnvironmentVariables"])):
            given[each["name"]] = re.sub(r"#\{[^}]*\.(\w+)\}", lambda found: VALUES.get(found[1], "1"), each["value"])
        spec = load(project["source.buildspec"])
        done = self._bash(spec["phases"]["build"]["commands"], folder, given)
        self.said += done.stdout
        if done.returncode:
            self.failed = f"{action['name']}: {done.stderr}"
            return
        outputs = action.get("outputArtifacts") or []
        described = spec.get("artifacts") or {}
        for name in outputs:
            one = described if len(outputs) == 1 else described["secondary-artifacts"][name]
            shutil.copytree(folder / "src" / one["base-directory"], self.artifact(name))

    def _project(self, name: str) -> str:
        return next(each.name for each in self.plan.all("codebuild.Project") if each["name"] == name)

    def _bash(self, commands: list[str], folder: Path, given: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        path = f"{self.machine.root}/bin:{os.environ['PATH']}"
        env = {
            "AWS_REGION": "eu-west-1",
            **given,
            **self.machine.variables,
            "PATH": path,
            "HOME": str(self.machine.root),
        }
        script = "\n".join(commands).replace("/tmp/stage.sh", f"{folder}/stage.sh")  # noqa: S108
        return subprocess.run(
            ["bash", "-c", script], cwd=folder / "src", env=env, capture_output=True, text=True, check=False
        )
