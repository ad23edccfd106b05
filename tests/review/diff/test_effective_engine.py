"""What the real engine does with inputs that are ignored, and the effective plan held against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.recording import record_directory
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.diff.effective import effective
from tests.engine.harness import Engine, missing

pytestmark = pytest.mark.engine

IGNORING = """
import pulumi, pulumi_aws as aws

opts = pulumi.ResourceOptions(ignore_changes=["tags"])
aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", enable_dns_hostnames=False, tags={"a": "1"}, opts=opts)
"""


def test_an_ignored_input_keeps_its_old_value_until_its_resource_is_replaced(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    engine = Engine(tmp_path)
    try:
        project = engine.program(IGNORING)
        project.up()
        tags = []
        for edit in (
            ('"a": "1"', '"a": "2"'),
            ("hostnames=False", "hostnames=True"),
            ("10.0.0.0", "10.1.0.0"),
        ):
            old = record_directory(project.folder, "dev").plan()
            project.edit("__main__.py", *edit)
            new = record_directory(project.folder, "dev").plan()
            # An old program may say what was ignored already: only the state knows better.
            project.up()
            (deployed,) = [row for row in project.export() if row["urn"].endswith("::net")]
            (told,) = [r.inputs for r in effective(diff_plans(old, new)).resources if r.name == "net"]
            tags.append((deployed["inputs"]["tags"], told["tags"]))
    finally:
        engine.close()
    assert tags == [({"a": "1"}, {"a": "1"}), ({"a": "1"}, {"a": "2"}), ({"a": "2"}, {"a": "2"})]
