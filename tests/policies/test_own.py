"""A team's own rules: found, tried, judged, set and waived like those of the package."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.policy import command
from eks_blueprints.core.errors import InputError
from eks_blueprints.policies import own, rule
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.cli_support import settings_of
from eks_blueprints.policies.examples import example, examples
from eks_blueprints.policies.stack import Stack
from eks_blueprints.policies.trial import Scene, outcome
from tests.policies.build import aws

OWN = '''"""Ours."""

from eks_blueprints.policies import Context, Faults, Props, rule


@rule(
    "shop-queue-encrypted",
    "aws:sqs/queue:Queue",
    severity="high",
    enforcement="mandatory",
    rationale="Messages hold customer data.",
    fix="Set kmsMasterKeyId.",
    params={"keys": []},
)
def encrypted(queue: Props, context: Context) -> Faults:
    """Queues are encrypted with a key of ours."""
    if not queue.has("kmsMasterKeyId"):
        yield queue.fault("has no key", "kmsMasterKeyId")
'''
CASES = """shop-queue-encrypted:
  fail:
    - {type: "aws:sqs/queue:Queue", inputs: {}}
  pass:
    - - {type: "aws:sqs/queue:Queue", inputs: {kmsMasterKeyId: alias/shop}}
      - {parameters: {keys: [alias/shop]}}
"""


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    own.load(None)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    folder = tmp_path / "stacks" / "policies"
    folder.mkdir(parents=True)
    (folder / "queues.py").write_text(OWN)
    (folder / "queues.yaml").write_text(CASES)
    monkeypatch.chdir(tmp_path)
    return folder


def _run(*args: str) -> Result:
    return CliRunner().invoke(command, args)


def test_the_public_name_is_the_decorator() -> None:
    assert callable(rule)
    assert rule.__module__ == "eks_blueprints.policies.definition"


def test_list_and_show_know_them(project: Path) -> None:
    assert "shop-queue-encrypted" in _run("list").stdout
    assert [each["id"] for each in json.loads(_run("list", "--subject", "queues", "--format", "json").stdout)] == [
        "shop-queue-encrypted"
    ]
    assert "Messages hold customer data." in _run("show", "shop-queue-encrypted").stdout


def test_settings_and_waivers_apply(project: Path) -> None:
    settings = project.parent / "policies.yaml"
    settings.write_text(
        "rules:\n  shop-queue-encrypted: {parameters: {keys: [a]}}\n"
        "waivers:\n  - policy: shop-queue-encrypted\n    resource: {name: old}\n    reason: goes with the old shop\n"
        "    owner: me\n    created: 2026-11-01\n    expires: 2027-01-01\n"
    )
    judgement = settings_of("prod", project.parent)
    found = check_stack(Stack([aws("sqs/queue:Queue", "old"), aws("sqs/queue:Queue", "new")]), judgement)
    mine = {each.resource: each.verdict for each in found.findings if each.policy == "shop-queue-encrypted"}
    assert mine == {"old": "waived", "new": "fail"}
    assert found.blocked
    settings.write_text("stacks:\n  prod: {rules: {shop-queue-encrypted: {enforcement: disabled}}}\n")
    assert not check_stack(Stack([aws("sqs/queue:Queue", "q")]), settings_of("prod", project.parent)).blocked
    settings.write_text("rules: {shop-queue-encrypter: {enforcement: disabled}}\n")
    with pytest.raises(InputError, match="did you mean shop-queue-encrypted"):
        settings_of("prod", project.parent)


def test_rules_of_another_folder_are_forgotten(project: Path, tmp_path: Path) -> None:
    own.load(project.parent)
    assert "shop-queue-encrypted" in rules()
    own.load(tmp_path / "elsewhere")
    assert "shop-queue-encrypted" not in rules()


def test_cases_are_tried(project: Path) -> None:
    result = _run("test")
    assert result.exit_code == 0, result.output
    assert "2 cases, no problems" in result.output.replace("0 problems", "no problems")
    (project / "queues.yaml").write_text(CASES.replace("kmsMasterKeyId", "kmsMasterKey"))
    result = _run("test", "queues")
    assert result.exit_code == 2
    assert "queues.yaml:5:" in result.output
    assert "must pass by shop-queue-encrypted; got fail" in result.output


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ("shop-queue-encrypted:\n  fail:\n    - {type: 'aws:sqs/queue:Queue'}\n", "to pass"),
        ("shop-queue-encrypter: {fail: []}\n", "did you mean shop-queue-encrypted"),
        ("shop-queue-encrypted: {fails: []}\n", "needs fail and pass"),
        ("shop-queue-encrypted: {fail: [3]}\n", "is not a resource"),
        ("shop-queue-encrypted: {fail: [{type: 'aws:ec2/vpc:Vpc'}]}\n", "is not judged by"),
        ("", "needs one YAML document"),
        ("{}\n", "holds no cases"),
    ],
)
def test_cases_that_say_nothing_are_told(project: Path, cases: str, told: str) -> None:
    (project / "queues.yaml").write_text(cases)
    result = _run("test")
    assert result.exit_code == 2
    assert told in result.output


@pytest.mark.parametrize(
    "text",
    [
        "import nothing_such\n",
        "raise SystemExit(0)\n",
        "def (:\n",
        OWN.replace("shop-queue-encrypted", "k8s-pdb-required"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_an_error_with_its_place(project: Path, text: str) -> None:
    (project / "queues.py").write_text(text)
    with pytest.raises(InputError, match=r"queues\.py:\d+.*cannot be loaded"):
        settings_of("prod", project.parent)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("raise KeyError('size')\n    yield", "KeyError: 'size'"),
        ("raise SystemExit(0)\n    yield", "SystemExit: 0"),
        ("return 7", "TypeError: it returns 7"),
        ("return None", "TypeError: it returns null"),
        ("yield 'wrong'", 'TypeError: it yields "wrong"'),
        ("list(encrypted.check(queue, context))\n    yield", "RecursionError: "),
    ],
)
def test_a_rule_that_fails_lets_nothing_pass(project: Path, body: str, why: str) -> None:
    (project / "queues.py").write_text(f"{OWN.partition('    if not')[0]}    {body}\n")
    own.load(project.parent)
    with pytest.raises(InputError) as error:
        check_stack(Stack([aws("sqs/queue:Queue", "orders")]), only=("shop-queue-encrypted",))
    assert f"rule shop-queue-encrypted fails on orders; got {why}" in str(error.value)
    assert re.match(rf"{project}/queues.py:\d+: ", str(error.value))


def test_what_a_rule_prints_is_no_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "queues.py").write_text(
        f"print('loaded')\n{OWN.replace('    if not', '    print(queue)' + chr(10) + '    if not')}"
    )
    own.load(project.parent)
    check_stack(Stack([aws("sqs/queue:Queue", "orders")]), only=("shop-queue-encrypted",))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("old", "new"), [('"high"', '"huge"'), ('"mandatory"', '"always"')])
def test_a_rule_says_what_a_rule_can_be(project: Path, old: str, new: str) -> None:
    (project / "queues.py").write_text(OWN.replace(old, new))
    with pytest.raises(InputError, match=f"of shop-queue-encrypted is none of .*; got {new}; fix it"):
        own.load(project.parent)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_told(project: Path) -> None:
    os.mkfifo(project / "odd.py")
    with pytest.raises(InputError, match=r"odd.py: is no file; got a folder, a pipe or a device"):
        own.load(project.parent)


def test_helpers_may_be_imported(project: Path) -> None:
    (project / "_shared.py").write_text("NAME = 'x'\n")
    (project / "queues.py").write_text("from _shared import NAME\n" + OWN)
    own.load(project.parent)
    assert "shop-queue-encrypted" in rules()


def test_new_writes_a_rule_that_passes_its_cases(project: Path) -> None:
    result = _run("new", "queue-keys")
    assert result.exit_code == 0, result.output
    assert (project / "queue_keys.py").is_file()
    assert _run("test", "queue_keys").exit_code == 0
    assert "queue-keys" in _run("list").stdout
    again = _run("new", "queue-keys")
    assert again.exit_code == 2
    assert "exists already" in again.output
    assert _run("new", "../x").exit_code == 2


def test_without_rules_there_is_nothing_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = _run("test")
    assert result.exit_code == 2
    assert "policy new NAME" in result.output


def test_show_gives_an_example() -> None:
    text = _run("show", "k8s-pdb-required").stdout
    assert "fails:" in text
    assert "passes:" in text


@pytest.mark.parametrize("id_", sorted(set(rules()) - {"waiver-valid"}))
def test_an_example_turns_out_as_it_says(id_: str) -> None:
    found = examples()[id_]
    for verdict in ("fail", "pass"):
        scene = Scene.of(found[verdict])
        assert scene is not None
        assert outcome(rules()[id_], scene) == verdict
        assert example(id_, verdict)
