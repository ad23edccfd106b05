"""What `eks-blueprints check` prints."""

import pytest

from eks_blueprints.cli.check import _say_what_was_not_checked
from eks_blueprints.stackfile.verdict import Verdict


def test_what_was_not_checked_is_said_once_for_each_class(capsys: pytest.CaptureFixture[str]) -> None:
    def found(stack: str, blueprint: str | None, *names: str) -> Verdict:
        return Verdict(stack=stack, file=f"stacks/{stack}.yaml", blueprint=blueprint, unchecked=names)

    _say_what_was_not_checked(
        [
            found("a", "x.Ours", "prepare"),
            found("b", "x.Ours", "prepare"),
            found("c", None),
            found("d", "x.Own", "extend"),
        ]
    )
    assert capsys.readouterr().out.splitlines() == [
        "not checked: what prepare() of x.Ours changes in 2 stack files; run: eks-blueprints preview --all",
        "not checked: what extend() of x.Own changes in stacks/d.yaml; run: eks-blueprints preview d",
    ]
