"""What CodeBuild runs: read as YAML, and run by a real bash."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.yaml_text import load
from eks_blueprints.pipelines._job import Job, Output, Report
from eks_blueprints.pipelines.engines._codepipeline import buildspec
from tests.pipelines.aws import whole

SITE = Output(kind="files", paths=("dist/**", "a b/*.txt"))
CHART = Output(kind="chart")


def read(job: Job, **more: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {"inputs": {}, "outputs": {}, "primary": "source", **more}
    return dict(load(buildspec.text(job, **parts)))


def run(
    folder: Path, job: Job, variables: dict[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run the commands of a specification one by one, in the checkout, as CodeBuild does."""
    checkout = folder / "src"
    checkout.mkdir(exist_ok=True)
    (command,) = read(job, **more)["phases"]["build"]["commands"]
    script = command.replace("/tmp/stage.sh", str(folder / "stage.sh"))  # noqa: S108
    given = {**os.environ, "CODEBUILD_SRC_DIR": str(checkout), **(variables or {})}
    return subprocess.run(["bash", "-c", script], cwd=checkout, env=given, capture_output=True, text=True, check=False)


def test_it_has_the_parts_that_codebuild_knows() -> None:
    job = Job(
        commands=("make",),
        reports={"unit": Report(kind="junit", paths=("r/*.xml",)), "scan": Report(kind="sarif", paths=("s.sarif",))},
        cache=(".cache/pip/",),
        matrix={"PYTHON": ("3.12", "3.13")},
    )
    found = read(job, outputs={"site": SITE})

    assert found["version"] == 0.2
    assert found["artifacts"] == {"base-directory": "artifacts/site", "files": ["**/*"]}
    assert found["reports"] == {"unit": {"files": ["r/*.xml"], "file-format": "JUNITXML"}}
    assert found["cache"] == {"paths": [".cache/pip/**/*"]}
    assert found["batch"]["build-matrix"]["dynamic"] == {"env": {"variables": {"PYTHON": ["3.12", "3.13"]}}}
    assert set(found) == {"version", "env", "batch", "phases", "reports", "artifacts", "cache"}


def test_several_artifacts_are_named_as_codepipeline_names_them() -> None:
    found = read(Job(commands=("make",)), outputs={"site": SITE, "helm-chart": CHART})["artifacts"]

    assert found["secondary-artifacts"] == {
        "site": {"base-directory": "artifacts/site", "files": ["**/*"]},
        "helm_chart": {"base-directory": "artifacts/helm-chart", "files": ["**/*"]},
    }


def test_the_first_line_that_fails_ends_it(tmp_path: Path) -> None:
    done = run(tmp_path, Job(commands=("false | cat", "echo on")))

    assert done.returncode == 1
    assert "on" not in done.stdout


def test_lines_share_their_variables(tmp_path: Path) -> None:
    done = run(tmp_path, Job(commands=("TAG=v1", 'echo "tag $TAG"')))

    assert done.stdout == "tag v1\n"


def test_what_a_line_says_stays_as_it_is(tmp_path: Path) -> None:
    line = """echo 'END_OF_STAGE' "$((1 + 1))" '${X}' "\\$Y" # end"""
    done = run(tmp_path, Job(commands=(line, "cat <<'EOF'\n  indented: yes\nEOF")))

    assert done.stdout == "END_OF_STAGE 2 ${X} $Y\n  indented: yes\n"
    assert not done.returncode


def test_a_failure_rolls_back_and_stays_a_failure(tmp_path: Path) -> None:
    job = Job(commands=("echo deploy", "exit 3", "echo never"), on_failure=("echo back", "false", "echo again"))
    done = run(tmp_path, job)

    assert done.stdout == "deploy\nback\nagain\n"
    assert done.returncode == 3


def test_a_success_rolls_nothing_back(tmp_path: Path) -> None:
    done = run(tmp_path, Job(commands=("echo deploy",), on_failure=("echo back",)))

    assert done.stdout == "deploy\n"
    assert not done.returncode


def test_an_artifact_that_is_missing_is_no_reason_to_roll_back(tmp_path: Path) -> None:
    done = run(tmp_path, Job(commands=("true",), on_failure=("echo back",)), outputs={"site": SITE})

    assert done.returncode == 1
    assert "artifact site: no file matches" in done.stderr
    assert "back" not in done.stdout


def test_outputs_are_collected_with_their_folders(tmp_path: Path) -> None:
    lines = ("mkdir -p dist/css 'a b'", "touch dist/index.html dist/css/x.css 'a b/c d.txt' other")
    done = run(tmp_path, Job(commands=lines), outputs={"site": SITE})
    folder = tmp_path / "src" / "artifacts" / "site"

    assert not done.returncode, done.stderr
    assert sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()) == [
        *("a b/c d.txt", "dist/css/x.css", "dist/index.html"),
    ]


def test_an_artifact_that_its_stage_writes_itself_is_taken(tmp_path: Path) -> None:
    done = run(tmp_path, Job(commands=("echo {} > artifacts/helm-chart/chart.json",)), outputs={"helm-chart": CHART})

    assert not done.returncode, done.stderr


def test_inputs_lie_in_folders_of_their_names(tmp_path: Path) -> None:
    given = tmp_path / "given"
    (given / "dist").mkdir(parents=True)
    (given / "dist" / ".hidden").write_text("x")
    inputs = {"source": Output(kind="source"), "helm-chart": CHART}
    job = Job(commands=("find artifacts -type f",))
    done = run(tmp_path, job, {"CODEBUILD_SRC_DIR_helm_chart": str(given)}, inputs=inputs)

    assert done.stdout == "artifacts/helm-chart/dist/.hidden\n"


def test_an_input_that_is_not_there_ends_the_job_before_anything_is_copied(tmp_path: Path) -> None:
    done = run(tmp_path, Job(commands=("echo on",)), {"PATH": str(stub(tmp_path))}, inputs={"helm-chart": CHART})

    assert done.returncode
    assert "CODEBUILD_SRC_DIR_helm_chart" in done.stderr
    assert "on" not in done.stdout


def stub(folder: Path) -> Path:
    """A folder of programs in which nothing copies."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("bash", "cat", "mkdir"):
        (programs / name).symlink_to(str(shutil.which(name)))
    return programs


def test_a_job_without_sources_starts_in_its_first_input_and_has_it_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "values.yaml").write_text("x")
    done = run(tmp_path, Job(commands=("ls artifacts/bundle",)), inputs={"bundle": SITE}, primary="bundle")

    assert done.stdout == "values.yaml\n"


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
@pytest.mark.parametrize("primary", ["base", "source"])
def test_an_image_of_ecr_is_named_as_stages_name_images(tmp_path: Path, primary: str) -> None:
    host = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    said = {"ImageURI": f"{host}/shop/base@sha256:abc", "ImageTags": ["stable"], "ImageDigest": "sha256:abc"}
    folder = tmp_path / ("src" if primary == "base" else "given")
    folder.mkdir()
    (folder / "imageDetail.json").write_text(json.dumps(said))
    inputs = {"base": Output(kind="image")}
    job = Job(commands=("cat artifacts/base/image.json",))
    done = run(tmp_path, job, {"CODEBUILD_SRC_DIR_base": str(folder)}, inputs=inputs, primary=primary)

    assert json.loads(done.stdout) == {
        "registry": host,
        "repository": "shop/base",
        "tag": "stable",
        "digest": "sha256:abc",
        "platforms": {"unknown": "sha256:abc"},
    }


def test_commands_can_go_to_another_folder(tmp_path: Path) -> None:
    lines = ("mkdir -p dist sub", "touch dist/x", "cd sub")
    done = run(tmp_path, Job(commands=lines), outputs={"site": SITE})

    assert not done.returncode, done.stderr
    assert (tmp_path / "src" / "artifacts" / "site" / "dist" / "x").exists()


def test_a_rollback_of_several_lines_stays_as_it_is_and_runs_in_the_root(tmp_path: Path) -> None:
    job = Job(commands=("mkdir sub && cd sub", "false"), on_failure=("cat <<'EOF'\nas it is\nEOF\nbasename \"$PWD\"",))
    done = run(tmp_path, job)

    assert done.stdout == "as it is\nsrc\n"
    assert done.returncode == 1


@pytest.mark.parametrize("name", ["build", "try-it", "there", "elsewhere", "lint"])
def test_each_recorded_specification_is_yaml(name: str) -> None:
    text = whole().one("codebuild.Project", f"ci-web-{name}")["source.buildspec"]

    assert load(text)["phases"]["build"].get("on-failure") == (None if name == "build" else "ABORT")
