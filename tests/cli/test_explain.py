"""`eks-blueprints explain`."""

import json
import re

import pytest

from .test_commands import call


def test_pods_of_a_type_for_people() -> None:
    done = call("explain", "pods", "m7g.large", NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("m7g.large  2 vCPUs, 8 GiB, arm64; 3 interfaces with 10 IPv4 addresses each\n")
    assert re.search(r"with prefix delegation +110  3 x \(10 - 1\) x 16 \+ 2 = 434; at most 110", done.stdout)
    assert re.search(r"Karpenter, by default +29  3 x \(10 - 1\) \+ 2", done.stdout)
    assert re.search(r"\nfrom the table of \d{4}-\d\d-\d\d: botocore ", done.stdout)


def test_pods_of_types_for_programs() -> None:
    done = call("explain", "pods", "t3.medium", "m4.large", "--format", "json", "--reserved-enis", "1")
    small, old = json.loads(done.stdout)
    assert (small["instance_type"], small["nitro"], old["nitro"]) == ("t3.medium", True, False)
    assert small["pods"]["karpenter"] == {"count": 12, "formula": "(3 - 1) x (6 - 1) + 2"}
    assert small["pods"]["security_groups"]["count"] == 0
    assert set(small["table"]) == {"date", "source"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["m7g.48xlarge"], "no such instance type; got m7g.48xlarge; m7g has medium, large, "),
        (["m7gg.large"], 'no such instance type; got "m7gg.large"; did you mean m7g.large?'),
        (["m9g.metal-24xl"], "only the name of this instance type is known; got m9g.metal-24xl"),
        (["m5"], "is a family and no instance type; got m5; it has large, xlarge, "),
        (["mac2.metal"], "runs macOS and cannot be a node of a cluster; got mac2.metal"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_explained(words: list[str], said: str) -> None:
    done = call("explain", "pods", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_types_that_auto_mode_does_not_run() -> None:
    rows = [line for line in call("explain", "pods", "t3.nano").stdout.splitlines() if "EKS Auto Mode runs no" in line]
    assert [line.split("EKS Auto Mode runs")[0].split()[-1] for line in rows] == ["0", "0"]


def test_help_teaches() -> None:
    told = call("explain", "pods", "--help").stdout
    assert "interfaces x (addresses - 1) x 16 + 2" in told
    assert "count single addresses" in told


def test_a_field_is_explained() -> None:
    done = call("explain", "network.cidr", NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('network.cidr  text, default "192.168.0.0/16"\n  The VPC\'s IPv4 block')
    assert "\n  example  network: {cidr: 192.168.0.0/16}\n" in done.stdout
    assert json.loads(call("explain", "network.cidr", "--format", "json").stdout)["default"] == "192.168.0.0/16"


def test_explain_alone_teaches() -> None:
    done = call("explain")
    assert done.returncode == 0
    for word in ("region", "compute", "addons", "explain one of them, such as: eks-blueprints explain network.cidr"):
        assert word in done.stdout


def test_an_unknown_field_is_refused_with_the_nearest() -> None:
    done = call("explain", "network.cdir")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'network.cdir: no such field; got "cdir"; did you mean cidr?\n'
