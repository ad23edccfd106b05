"""The script that protects a branch and environments on GitLab, run by a real bash against a stand-in for GitLab."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.bash import Machine
from tests.pipelines.rendered import rendered

# Keeps what is protected in a file each, and notes whether the branch was ever open.
GLAB = r"""
shift
while [ "$#" -gt 0 ]; do
  case "$1" in
    --method) method="$2"; shift ;;
    --header | --input | -f) shift ;;
    *) path="$1" ;;
  esac
  shift
done
place="$HOME/gitlab/$(tr / _ <<< "${path#projects/*/}")"
case "${method:-GET}" in
  GET) case "$path" in
    users*) echo '[{"id": 7}]' ;;
    *) cat "$place" 2> /dev/null || exit 1 ;;
  esac ;;
  POST) said="$(cat)"; name="$(jq -r '.name // "none"' <<< "$said" | sed 's/\*/%2A/')"
    case "$path" in
      *protected_branches | *protected_environments)
        if [ -f "${place}_$name" ] || [ "$name" = "$REFUSED" ]; then exit 1; fi
        jq '.deploy_access_levels |= ([.[]?] | to_entries | map(.value + {id: .key}))' <<< "$said" > "${place}_$name" ;;
    esac ;;
  PUT) cat > "$place.put" ;;
  DELETE) rm "$place" 2> /dev/null || exit 1 ;;
esac
if ! ls "$HOME/gitlab/" | grep -q '^protected_branches_main'; then echo "$method $path" >> "$HOME/open"; fi
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path, {"REFUSED": ""})
    made.program("glab", GLAB)
    (tmp_path / "gitlab").mkdir()
    for path, text in rendered("gitlab_ci").items():
        made.write(path, text)
    return made


def apply(machine: Machine) -> subprocess.CompletedProcess[str]:
    return machine.lines(["bash .gitlab/eks-blueprints/web.sh"])


def test_a_branch_that_is_protected_is_never_open_while_its_protection_changes(machine: Machine) -> None:
    (machine.root / "gitlab" / "protected_branches_main").write_text("{}")
    done = apply(machine)

    assert done.returncode == 0, done.stderr
    assert not (machine.root / "open").exists()
    kept: Any = json.loads((machine.root / "gitlab" / "protected_branches_main").read_text())
    assert (kept["push_access_level"], kept["code_owner_approval_required"]) == (0, True)
    assert not (machine.root / "gitlab" / "protected_branches_main%2A").exists()


def test_it_stays_closed_where_the_new_protection_is_refused(machine: Machine) -> None:
    (machine.root / "gitlab" / "protected_branches_main").write_text("{}")
    machine.variables["REFUSED"] = "main"

    assert apply(machine).returncode != 0
    assert not (machine.root / "open").exists()


def test_an_environment_that_is_protected_is_changed_in_one_step(machine: Machine) -> None:
    assert apply(machine).returncode == 0
    assert apply(machine).returncode == 0

    assert not [call for call in machine.calls if "DELETE" in call and "protected_environments" in call]
    said = json.loads((machine.root / "gitlab" / "protected_environments_production.put").read_text())
    assert said["deploy_access_levels"] == [{"id": 0, "_destroy": True}, {"access_level": 30}]
