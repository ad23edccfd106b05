"""What a failing program says."""

import inspect
import sys

import pulumi
import pulumi_aws as aws
import pytest

from eks_blueprints.network.spec import ExistingNetworkArgs
from eks_blueprints.recording import ProgramError, record

HERE = "tests/recording/test_failures.py"


def line() -> int:
    """The line after the call."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno + 1


def test_an_exception_names_the_users_line(quick: bool, pytestconfig: pytest.Config) -> None:
    where = 0

    def program() -> None:
        nonlocal where
        where = line()
        raise LookupError("no such team")

    with pytest.raises(ProgramError) as caught:
        record(program, root=str(pytestconfig.rootpath), quick=quick)
    assert str(caught.value) == f"{HERE}:{where}: LookupError: no such team"
    assert isinstance(caught.value.__cause__, LookupError)


def test_a_run_error_is_its_message_only(quick: bool) -> None:
    def program() -> None:
        raise pulumi.RunError("set the region first")

    with pytest.raises(ProgramError) as caught:
        record(program, quick=quick)
    assert str(caught.value) == "set the region first"


def test_a_duplicate_names_both_lines(quick: bool, pytestconfig: pytest.Config) -> None:
    where = 0

    def program() -> None:
        nonlocal where
        where = line()
        aws.iam.Role("r", assume_role_policy="{}")
        aws.iam.Role("r", assume_role_policy="{}")

    with pytest.raises(ProgramError) as caught:
        record(program, root=str(pytestconfig.rootpath), quick=quick)
    assert str(caught.value) == (
        f"{HERE}:{where + 1}: duplicate resource URN 'urn:pulumi:dev::project::aws:iam/role:Role::r' "
        f"(made at {HERE}:{where} and again at {HERE}:{where + 1}); rename one of them"
    )


def test_a_value_that_cannot_be_sent_names_the_resources_line(quick: bool, pytestconfig: pytest.Config) -> None:
    where = 0

    def program() -> None:
        nonlocal where
        where = line()
        aws.iam.Role("r", assume_role_policy=object())  # type: ignore[arg-type]

    with pytest.raises(ProgramError) as caught:
        record(program, root=str(pytestconfig.rootpath), quick=quick)
    wrong = "ValueError: unexpected input of type object for assume_role_policy in Role"
    assert str(caught.value) == f"{HERE}:{where}: {wrong}"


def test_missing_configuration_is_in_the_sdks_words(quick: bool) -> None:
    with pytest.raises(ProgramError, match="Missing required configuration variable 'project:size'"):
        record(lambda: pulumi.Config().require("size"), quick=quick)


@pytest.mark.parametrize(("code", "fails"), [(0, False), (None, False), (3, True)])
def test_leaving_early(code: int | None, fails: bool, quick: bool) -> None:
    def program() -> None:
        sys.exit(code)

    if fails:
        with pytest.raises(ProgramError, match="the program exited with 3"):
            record(program, quick=quick)
    else:
        recording = record(program, quick=quick)
        assert len(recording.resources) == 1
        assert ["the program ended itself; what comes after is missing" in log.text for log in recording.logs] == [True]


class Odd(BaseException):
    """What no handler of exceptions expects."""


@pytest.mark.parametrize("error", [SystemExit(0), SystemExit(1), Odd("x")])
def test_a_callback_that_ends_the_interpreter_fails_the_program(error: BaseException, quick: bool) -> None:
    def end(_arn: str) -> None:
        raise error

    def program() -> None:
        aws.iam.Role("a", assume_role_policy="{}").arn.apply(end)

    with pytest.raises(ProgramError, match=type(error).__name__):
        record(program, quick=quick)


def test_a_person_who_stops_it_is_obeyed(quick: bool) -> None:
    def program() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(program, quick=quick)


def test_a_cycle_is_found(quick: bool) -> None:
    def program() -> None:
        first, resolve = pulumi.deferred_output()
        a = aws.iam.Role("a", assume_role_policy="{}", description=first)
        b = aws.iam.Role("b", assume_role_policy="{}", opts=pulumi.ResourceOptions(depends_on=[a]))
        resolve(pulumi.Output.from_input("x"))
        aws.iam.Role("c", assume_role_policy="{}", opts=pulumi.ResourceOptions(depends_on=[a, b]))

    assert len(record(program, quick=quick).resources) == 4


def test_a_list_whose_length_is_not_known_names_the_users_line(pytestconfig: pytest.Config) -> None:
    where = 0

    def program() -> None:
        nonlocal where
        found = aws.ec2.get_subnets_output(filters=[{"name": "vpc-id", "values": ["vpc-0123456789abcdef0"]}])
        where = line()
        ExistingNetworkArgs(vpc_id="vpc-0123456789abcdef0", subnet_ids={"private": found.ids})

    with pytest.raises(ProgramError) as caught:
        record(program, root=str(pytestconfig.rootpath))
    assert str(caught.value).startswith(f"{HERE}:{where}: subnet_ids.private: needs a list whose length is known; ")
    assert "found.ids[0], found.ids[1]" in str(caught.value)
