"""`eks-blueprints upgrade` as a person uses it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import ROOT
from tests.commands import called
from tests.lifecycle.upgrade.situations_of import PLATFORM


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "prod.yaml").write_text(PLATFORM)
    return tmp_path


def test_a_plan_tells_what_is_not_known_and_the_steps(project: Path) -> None:
    done = called("upgrade", "plan", "prod.yaml", cwd=project)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "prod: Kubernetes 1.34 to 1.35  cluster prod, prod.yaml:8"
    assert "not known: nothing says that these are fine" in lines
    titles = [line.partition(". ")[2].partition("  (")[0] for line in lines if re.match(r"\d+\. ", line)]
    assert titles[:2] == ["read the release notes of 1.35", "back up"]
    assert titles[-1] == "verify 1.35"
    assert "     $ eks-blueprints upgrade apply prod --to 1.35 --step 5" in lines


def test_unknown_things_stop_it_where_that_is_asked_for(project: Path) -> None:
    done = called("upgrade", "plan", "prod.yaml", "--strict", cwd=project)
    assert done.returncode == 3
    assert "to settle first" in done.stderr


def test_each_minor_has_a_section_in_every_form(project: Path) -> None:
    data = json.loads(called("upgrade", "plan", "prod.yaml", "--to", "1.36", "--format", "json", cwd=project).stdout)
    assert (data["from"], data["to"], [hop["version"] for hop in data["hops"]]) == ("1.34", "1.36", ["1.35", "1.36"])
    assert all(step["number"] == index for hop in data["hops"] for index, step in enumerate(hop["steps"], 1))
    text = called("upgrade", "plan", "prod.yaml", "--to", "1.36", "--format", "markdown", cwd=project).stdout
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## To 1.35", "## To 1.36"]


def test_a_plan_is_what_its_schema_says(project: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs/reference/upgrade.schema.json").read_text())
    for to in ("1.35", "1.36", "1.37", "1.33"):
        done = called("upgrade", "plan", "prod.yaml", "--to", to, "--format", "json", cwd=project)
        jsonschema.validate(json.loads(done.stdout), schema)


def test_a_version_that_eks_may_not_offer_ends_in_3(project: Path) -> None:
    done = called("upgrade", "plan", "prod.yaml", "--to", "1.37", cwd=project)
    assert done.returncode == 3
    assert "whether EKS offers 1.37 is not in the table" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "1.3x"], '--to: is not a valid Kubernetes version; got "1.3x"'),
        (["--to", "1.30"], "--to: is more than one minor below the cluster's 1.34"),
        (["--to", "1.99"], "--to: is no version that EKS can offer by now; got 1.99; EKS is known to offer up to 1."),
        (["--cluster", "other"], "makes the clusters prod; got other; name one of them"),
        (["--state", "prod.yaml"], "prod.yaml: is not an exported stack"),
    ],
)
def test_bad_input_is_one_clear_error(project: Path, words: list[str], said: str) -> None:
    done = called("upgrade", "plan", "prod.yaml", *words, cwd=project)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_version_whose_support_has_ended_can_still_be_left(project: Path) -> None:
    (project / "prod.yaml").write_text(PLATFORM.replace("1.34", "1.31"))
    late = {"EKS_BLUEPRINTS_TODAY": "2026-11-30"}
    assert called("check", "prod.yaml", cwd=project, **late).returncode == 2
    done = called("upgrade", "plan", "prod.yaml", cwd=project, **late)
    assert done.returncode == 0, done.stderr
    assert "1.31: support ended on 2026-11-26" in done.stdout


def test_apply_prints_the_change_and_a_message_and_is_done_once(project: Path) -> None:
    words = ("upgrade", "apply", "prod.yaml", "--to", "1.35", "--step", "5")
    tried = called(*words, "--dry-run", cwd=project)
    assert (project / "prod.yaml").read_text() == PLATFORM
    done = called(*words, cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, tried.stdout, tried.stderr)
    assert done.stdout.startswith("prod: Kubernetes 1.35, step 5: keep node groups where they are\n\n")
    assert '+    version: "1.34"\n' in done.stderr
    again = called(*words, cwd=project)
    assert (again.returncode, again.stdout) == (0, "")
    assert "step 5 is done" in again.stderr


def test_apply_stops_where_something_is_in_the_way(project: Path) -> None:
    text = PLATFORM.replace('"1.34"', '"1.32"').replace("min_size: 1,", "ami_type: AL2_x86_64, min_size: 1,")
    (project / "prod.yaml").write_text(text)
    words = ("upgrade", "apply", "prod.yaml", "--to", "1.33", "--step", "7")
    done = called(*words, cwd=project)
    assert done.returncode == 3
    assert "write ami_type: AL2023_x86_64_STANDARD" in " ".join(done.stderr.split())
    assert (project / "prod.yaml").read_text() == text
    # Steps that settle things are written all the same.
    assert called(*words[:-1], "5", cwd=project).returncode == 0


def test_apply_goes_one_minor_at_a_time(project: Path) -> None:
    done = called("upgrade", "apply", "prod.yaml", "--to", "1.36", "--step", "5", cwd=project)
    assert done.returncode == 2
    assert "goes one minor up at a time from 1.34; got 1.36; apply the steps of 1.35 first" in done.stderr


def test_a_form_that_is_blank_is_in_the_way(project: Path) -> None:
    done = called("upgrade", "record", "prod.yaml", "-o", "upgrade.yaml", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert "14 questions to answer" in done.stderr
    blank = called("upgrade", "plan", "prod.yaml", "--record", "upgrade.yaml", cwd=project)
    assert blank.returncode == 3
    assert blank.stdout.count("nobody has said") == 14
    form = (project / "upgrade.yaml").read_text()
    (project / "upgrade.yaml").write_text(form.replace('""', '"the platform team"'))
    filled = called("upgrade", "plan", "prod.yaml", "--record", "upgrade.yaml", cwd=project)
    assert filled.returncode == 0
    assert "  - responsible team: the platform team\n" in filled.stdout
    other = called("upgrade", "plan", "prod.yaml", "--to", "1.36", "--record", "upgrade.yaml", cwd=project)
    assert other.returncode == 3
    assert "the record is of an upgrade to 1.35" in " ".join(other.stdout.split())


def test_a_program_without_a_stack_file_is_planned_and_not_written(tmp_path: Path) -> None:
    done = called("upgrade", "plan", "--program", "examples/pulumi_eks", "dev", cwd=ROOT)
    assert done.returncode in (0, 2, 3), done.stderr
    assert "Traceback" not in done.stderr
