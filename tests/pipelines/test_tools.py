"""The programs of jobs: pinned, and held against a checksum when they are installed."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from eks_blueprints.pipelines._job import Architecture
from eks_blueprints.pipelines._tools import PinnedTool, ToolsArgs, install_lines, known, tool
from tests.pipelines.bash import Machine, linted

PROGRAM = b"#!/bin/bash\necho it runs\n"


def archive(path: str) -> bytes:
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w:gz") as packed:
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(PROGRAM), 0o644
            packed.addfile(info, io.BytesIO(PROGRAM))
        return file.getvalue()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.program("curl", 'while [ "$1" != --output ]; do shift; done; cp "$HOME/release/$(basename "$3")" "$2"')
    (tmp_path / "release").mkdir()
    return made


def pinned(name: str, data: bytes, **fields: str) -> ToolsArgs:
    sums = {"x86_64": hashlib.sha256(data).hexdigest()}
    return ToolsArgs.model_validate({"pinned": {name: {"version": "9.9.9", "sha256": sums, **fields}}})


def test_a_program_in_an_archive_is_unpacked_and_runs(machine: Machine) -> None:
    data = archive("linux-amd64/helm")
    (machine.root / "release" / "helm-v9.9.9-linux-amd64.tar.gz").write_bytes(data)

    done = machine.lines([*install_lines(["helm"], "x86_64", pinned("helm", data)), "helm"])

    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("it runs\n")


def test_a_download_that_is_the_program_is_made_executable(machine: Machine) -> None:
    (machine.root / "release" / "kubectl").write_bytes(PROGRAM)

    done = machine.lines([*install_lines(["kubectl"], "x86_64", pinned("kubectl", PROGRAM)), "kubectl"])

    assert done.stdout.endswith("it runs\n")


def test_another_download_than_the_pinned_one_ends_the_job(machine: Machine) -> None:
    (machine.root / "release" / "kubectl").write_bytes(PROGRAM + b"rm -rf /\n")

    done = machine.lines([*install_lines(["kubectl"], "x86_64", pinned("kubectl", PROGRAM)), "echo went on"])

    assert done.returncode != 0
    assert "went on" not in done.stdout


def test_without_a_pinned_checksum_the_list_of_the_release_decides(machine: Machine) -> None:
    data = archive("pulumi/pulumi")
    name = f"pulumi-v{tool('pulumi', 'x86_64').version}-linux-x64.tar.gz"
    (machine.root / "release" / name).write_bytes(data)
    sums = machine.root / "release" / f"pulumi-{tool('pulumi', 'x86_64').version}-checksums.txt"
    sums.write_text(f"{'0' * 64}  other.tar.gz\n{hashlib.sha256(data).hexdigest()}  {name}\n")
    lines = [*install_lines(["pulumi"], "x86_64"), "pulumi"]

    assert machine.lines(lines).stdout.endswith("it runs\n")
    sums.write_text(f"{'0' * 64}  {name}\n")
    assert machine.lines(lines).returncode != 0


def test_a_mirror_holds_the_same_files_below_program_and_version() -> None:
    found = tool("helm", "arm64", ToolsArgs(mirror="https://artifacts.acme.com/tools/"))

    assert (
        found.url == f"https://artifacts.acme.com/tools/helm/{found.version}/helm-v{found.version}-linux-arm64.tar.gz"
    )
    assert found.sha256 == tool("helm", "arm64").sha256


def test_programs_of_ones_own_are_known() -> None:
    own = PinnedTool(version="1.0.0", url="https://acme.com/{version}/acme-{amd64}", sha256={"x86_64": "0" * 64})

    assert "acme" in known(ToolsArgs(pinned={"acme": own}))
    assert tool("acme", "x86_64", ToolsArgs(pinned={"acme": own})).url == "https://acme.com/1.0.0/acme-amd64"


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_all_lines_are_clean_bash(architecture: Architecture) -> None:
    lines = install_lines(known(), architecture)

    assert not linted(lines)
    assert not any("{" in line and "}" in line for line in lines)


def test_nothing_is_installed_for_a_job_without_tools() -> None:
    assert install_lines([], "x86_64") == ()


def test_the_renewal_finds_a_file_in_every_form_of_lists() -> None:
    code = (
        "import sys; sys.path.insert(0, 'scripts'); from renew_tools import checksum as c; a = 'a' * 64; b = 'b' * 64\n"
        "assert c(a + '\\n', 'kubectl') == a\n"
        "assert c(b + '  x.tgz\\n' + a + '  y.tgz\\n', 'y.tgz') == a\n"
        "assert c('SHA256 (yq_linux) = ' + a + '\\nSHA256 (yq_linux.tar.gz) = ' + b, 'yq_linux') == a\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
