"""`eks-blueprints kubeconfig`, with a `pulumi` that answers as the real one does."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.kubeconfig import command
from eks_blueprints.core.errors import InputError

_PULUMI = """\
#!/bin/sh
[ "$1" = version ] && { echo v3.260.0; exit; }
while [ $# -gt 0 ]; do case $1 in --stack) stack=$2;; esac; shift; done
cat "ANSWERS/$stack" 2>/dev/null || {
  [ "$stack" = broken ] && echo "error: incorrect passphrase" >&2
  [ "$stack" = broken ] || echo "error: current stack does not have output property 'kubeconfig'" >&2
  exit 255
}
"""


def kubeconfig(cluster: str, endpoint: str) -> str:
    exec_ = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": ["eks", "get-token"]}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": cluster, "cluster": {"server": endpoint, "certificate-authority-data": "Zg=="}}],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
            "current-context": cluster,
            "users": [{"name": cluster, "user": {"exec": exec_}}],
        }
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    (tmp_path / "stacks/__main__.py").write_text("import eks_blueprints\neks_blueprints.deploy()\n")
    for name in ("dev", "prod", "ci", "broken"):
        (tmp_path / f"stacks/{name}.yaml").write_text("region: eu-west-1\n")
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / "dev").write_text(kubeconfig("shop", "https://dev.example.com"))
    (answers / "prod").write_text(kubeconfig("shop", "https://prod.example.com"))
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/pulumi"
    program.write_text(_PULUMI.replace("ANSWERS", str(answers)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_clusters_of_one_name_become_contexts_of_their_stacks(project: Path) -> None:
    done = run("dev", "prod")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["current-context"] == "dev"
    assert [each["context"] for each in found["contexts"]] == [
        {"cluster": "dev", "user": "dev"},
        {"cluster": "prod", "user": "prod"},
    ]
    servers = {each["name"]: each["cluster"]["server"] for each in found["clusters"]}
    assert servers == {"dev": "https://dev.example.com", "prod": "https://prod.example.com"}
    assert {each["name"] for each in found["users"]} == {"dev", "prod"}


def test_a_file_is_private_and_written_again_but_not_over_others(project: Path) -> None:
    assert run("dev", "-o", "k").exit_code == 0
    assert run("dev", "prod", "-o", "k").exit_code == 0
    assert stat.S_IMODE(Path("k").stat().st_mode) == 0o600
    Path("theirs").write_text(kubeconfig("home", "https://home.example.com"))
    before = Path("theirs").read_text()
    error = run("dev", "-o", "theirs").exception
    assert isinstance(error, InputError)
    assert "theirs: holds contexts that would be lost; got home; name a file of its own" in str(error)
    assert Path("theirs").read_text() == before


def test_of_all_stacks_those_without_a_cluster_are_left_out(project: Path) -> None:
    Path("stacks/broken.yaml").unlink()
    done = run()
    assert [each["name"] for each in json.loads(done.stdout)["contexts"]] == ["dev", "prod"]
    assert "ci: exports no kubeconfig; it is left out" in done.stderr
    error = run("ci").exception
    assert isinstance(error, InputError)
    assert "ci: exports no kubeconfig" in str(error)


def test_what_pulumi_refuses_is_told_in_one_line(project: Path) -> None:
    done = run("broken")
    assert done.exit_code == 1
    assert done.stderr == "broken: the passphrase does not open the stack's secrets; correct PULUMI_CONFIG_PASSPHRASE\n"


def test_an_output_that_is_no_kubeconfig_is_told(project: Path) -> None:
    Path("answers/dev").write_text("[a, b]")
    error = run("dev").exception
    assert isinstance(error, InputError)
    assert "dev: is not a kubeconfig" in str(error)


def test_without_the_pulumi_cli_it_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", str(project))
    done = run("dev")
    assert done.exit_code == 1
    assert done.stderr == "needs the Pulumi CLI; got no pulumi on the PATH; install it\n"
