"""What engines read, as reviewed, and as the linters and schemas of those engines see it where they are installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from eks_blueprints.core.document import parse
from tests.pipelines.groovy import read as read_groovy
from tests.pipelines.groovy import unquoted
from tests.pipelines.rendered import fields, of_kinds, read, rendered
from tests.pipelines.test_jenkins import stages as stages_of_jenkins

ENGINES = ("github_actions", "gitlab_ci", "jenkins")
GOLDEN = Path(__file__).parent / "golden"
NO_ACCOUNT: dict[str, Any] = {"account": None, "source": {"tags": ["v*"], "on": ["push"], "paths": ["web/**"]}}
CASES: dict[str, dict[str, Any]] = {"all": {}, "tags": NO_ACCOUNT}


@pytest.mark.parametrize("engine", ENGINES)
def test_it_is_what_was_reviewed(engine: str, request: pytest.FixtureRequest) -> None:
    folder = GOLDEN / engine
    files = rendered(engine)
    if request.config.getoption("--update-golden"):
        shutil.rmtree(folder, ignore_errors=True)
        for path, text in files.items():
            file = folder / path.removeprefix(".")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    there = {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}

    assert {path.removeprefix("."): text for path, text in files.items()} == there


@pytest.mark.parametrize("engine", ENGINES)
def test_it_is_the_same_in_any_process(engine: str) -> None:
    code = (
        "import json, sys; from tests.pipelines.rendered import rendered; json.dump(rendered(sys.argv[1]), sys.stdout)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, engine], capture_output=True, check=True, env={"PYTHONHASHSEED": "7"}
    )

    assert json.loads(done.stdout) == dict(rendered(engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_no_key_of_aws_is_stored_anywhere(engine: str) -> None:
    for path, text in rendered(engine).items():
        for word in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "aws-access-key-id", "AKIA", "credentialsId"):
            assert word not in text, path


@pytest.mark.parametrize("engine", ENGINES)
def test_other_stages_change_nothing_of_a_job(engine: str) -> None:
    base = fields(engine)
    base["pipelines"]["web"]["stages"]["last"] = {"kind": "test", "commands": ["make last"]}
    args = type(read(engine)).model_validate(base)
    [pipeline] = args.pipelines
    more = pipeline.renderer.render(pipeline, pipeline.graph(args.environments), args.ref("shop"))

    for path, text in rendered(engine).items():
        lines = set(more[path].splitlines())
        assert [line for line in text.splitlines() if line not in lines and not line.startswith("stages:")] == []


def scripts(tmp_path: Path) -> list[Path]:
    """Every script that is rendered, a file each."""
    found: dict[str, str] = {}
    for case, changes in CASES.items():
        for engine in ENGINES:
            for path, text in rendered(engine, **changes).items():
                if path.endswith(".sh"):
                    found[f"{case}-{engine}-settings"] = text
                elif path.endswith(".gitlab-ci.yml"):
                    jobs = {name: job for name, job in parse(text).data.items() if isinstance(job, dict)}
                    found |= {f"{case}-{engine}-{n}": "\n".join(j["script"]) for n, j in jobs.items() if "script" in j}
                elif "workflows" in path:
                    for name, job in parse(text).data["jobs"].items():
                        runs = [step["run"] for step in job["steps"] if "run" in step]
                        found |= {f"{case}-{engine}-{name}-{number}": run for number, run in enumerate(runs)}
    for name, stage in stages_of_jenkins().items():
        lines = [line for each in [stage, *stage.below()] if each.head == "steps" for line in each.lines]
        runs = [unquoted(line.removeprefix("sh ")) for line in lines if line.startswith("sh ")]
        found |= {f"jenkins-{name}-{number}": run for number, run in enumerate(runs)}
    files = []
    for name, text in found.items():
        file = tmp_path / f"{name}.sh".replace(" ", "-")
        file.write_text(text if text.startswith("#!") else f"#!/usr/bin/env bash\n{text}")
        files.append(file)
    return files


def test_bash_reads_every_script(tmp_path: Path) -> None:
    for file in scripts(tmp_path):
        done = subprocess.run(["bash", "-n", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{file.name}: {done.stderr}"


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("needs shellcheck on the PATH")
    files = scripts(tmp_path)
    # SC2034, SC2154: variables that the engine sets, or that the commands of users read.
    call = ["shellcheck", "--severity=style", "--exclude=SC2034,SC2154", *map(str, files)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)

    assert len(files) > 20
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("case", CASES)
def test_actionlint_finds_nothing(tmp_path: Path, case: str) -> None:
    if shutil.which("actionlint") is None:
        pytest.skip("needs actionlint on the PATH")
    (tmp_path / "web.yml").write_text(rendered("github_actions", **CASES[case])[".github/workflows/web.yml"])
    done = subprocess.run(["actionlint", "web.yml"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


SCHEMAS = {
    "github_actions": (".github/workflows/web.yml", "--builtin-schema", "vendor.github-workflows"),
    "gitlab_ci": (".gitlab-ci.yml", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("engine", SCHEMAS)
def test_it_fits_the_published_schema(tmp_path: Path, case: str, engine: str) -> None:
    if shutil.which("check-jsonschema") is None:
        pytest.skip("needs check-jsonschema on the PATH")
    path, *options = SCHEMAS[engine]
    (tmp_path / "file.yml").write_text(rendered(engine, **CASES[case])[path])
    call = ["check-jsonschema", *options, "file.yml"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_every_kind_of_pipeline_is_one_that_the_engine_reads(tmp_path: Path, engine: str) -> None:
    args = of_kinds(engine)
    for pipeline in args.pipelines:
        files = pipeline.renderer.render(pipeline, pipeline.graph(args.environments), args.ref("shop"))
        for path, text in files.items():
            file = tmp_path / pipeline.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            if path == "Jenkinsfile":
                assert len(read_groovy(text)) == 1
            elif path.endswith((".yml", ".yaml")):
                assert list(YAML(typ="safe").load_all(text))
            if path.endswith(".yml") and shutil.which("check-jsonschema"):
                _, *options = SCHEMAS[engine]
                call = ["check-jsonschema", *options, str(file)]
                done = subprocess.run(call, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stdout + done.stderr
            if path.startswith(".github/workflows") and shutil.which("actionlint"):
                call = ["actionlint", str(file)]
                done = subprocess.run(call, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stdout
            if path.endswith(".sh"):
                assert subprocess.run(["bash", "-n", str(file)], check=False).returncode == 0


def test_iam_would_take_every_document() -> None:
    parliament = pytest.importorskip("parliament")
    from tests.pipelines.rendered import deployed

    for engine in ENGINES:
        for policy in deployed(engine).all("aws:iam/rolePolicy:RolePolicy"):
            found = parliament.analyze_policy_string(policy["policy"], include_community_auditors=True)
            assert not found.findings, found.findings
            assert '"*"' not in policy["policy"]
