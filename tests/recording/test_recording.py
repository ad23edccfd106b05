"""What a recording shows of a program."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime.settings import SETTINGS

from eks_blueprints.recording import ProgramError, Recording, Secret, record


def planned(recording: Recording, name: str) -> dict[str, object]:
    """The inputs of the one resource of that name, as the plan shows them."""
    return dict(next(each for each in recording.plan().resources if each.name == name).inputs)


def test_unknown_strings_are_symbols_in_the_providers_spelling(quick: bool) -> None:
    def program() -> None:
        cluster = aws.eks.Cluster("shop-cluster", role_arn="arn", vpc_config={"subnet_ids": ["a"]})
        pulumi.export("endpoint", cluster.endpoint)
        pulumi.export("id", cluster.id)
        pulumi.export("data", cluster.certificate_authority.data)
        pulumi.export("issuer", cluster.identities[0].oidcs[0].issuer)
        pulumi.export("inside", cluster.identities.apply(lambda all_: all_[0].oidcs[0].issuer.removeprefix("https://")))
        pulumi.export("group", cluster.vpc_config.cluster_security_group_id)

    assert record(program, quick=quick).outputs == {
        "endpoint": "${shop-cluster.endpoint}",
        "id": "${shop-cluster.id}",
        "data": "${shop-cluster.certificateAuthority.data}",
        "issuer": "${shop-cluster.identities[0].oidcs[0].issuer}",
        "inside": "${shop-cluster.identities[0].oidcs[0].issuer}",
        "group": "${shop-cluster.vpcConfig.clusterSecurityGroupId}",
    }


def test_inputs_are_echoed_and_names_made_by_the_provider_are_symbols(quick: bool) -> None:
    def program() -> None:
        named = aws.iam.Role("named", name="physical", assume_role_policy="{}", tags={"snake_case": "v"})
        auto = aws.iam.Role("auto", assume_role_policy="{}")
        pulumi.export("names", [named.name, auto.name])
        pulumi.export("tag", named.tags["snake_case"])

    assert record(program, quick=quick).outputs == {"names": ["physical", "${auto.name}"], "tag": "v"}


def test_apply_does_not_run_on_what_has_no_readable_form(quick: bool) -> None:
    ran: list[object] = []

    def program() -> None:
        cluster = aws.eks.Cluster("c", role_arn="arn", vpc_config={"subnet_ids": ["a"]})
        pulumi.export("number", aws.iam.Role("r", assume_role_policy="{}").max_session_duration.apply(ran.append))
        pulumi.export("flag", cluster.deletion_protection.apply(ran.append))

    outputs = record(program, quick=quick).outputs
    assert outputs == {"number": {"$unknown": True}, "flag": {"$unknown": True}}
    assert ran == []


def test_a_callback_that_cannot_cope_with_a_symbol_makes_an_unknown(quick: bool) -> None:
    def program() -> None:
        role = aws.iam.Role("r", assume_role_policy="{}")

        async def later(arn: str) -> int:
            return int(arn)

        pulumi.export("parsed", role.arn.apply(json.loads))
        pulumi.export("awaited", role.arn.apply(later))
        aws.iam.RolePolicy("p", role=role.id, policy=pulumi.Output.json_loads(role.arn).apply(lambda x: x["a"]))

    recording = record(program, quick=quick)
    assert recording.outputs == {"parsed": {"$unknown": True}, "awaited": {"$unknown": True}}
    assert planned(recording, "p")["policy"] == {"$unknown": True, "from": ["r"]}


def test_a_callback_that_fails_on_a_known_value_fails_the_program(quick: bool) -> None:
    def program() -> None:
        pulumi.export("number", pulumi.Output.from_input("${not.a.symbol}").apply(int))

    with pytest.raises(ProgramError, match="invalid literal for int"):
        record(program, quick=quick)


def test_dependencies_follow_symbols(quick: bool) -> None:
    def program() -> None:
        role = aws.iam.Role("r", assume_role_policy="{}")
        policy = pulumi.Output.json_dumps({"arn": role.arn})
        other = aws.iam.Policy("p", policy=policy)
        aws.iam.RolePolicyAttachment("a", role=role.name, policy_arn=other.arn)

    plan = record(program, quick=quick).plan()
    by_name = {each.name: each for each in plan.resources}
    assert by_name["p"].inputs == {"policy": '{"arn": "${r.arn}"}'}
    assert by_name["p"].property_dependencies == {"policy": (by_name["r"].urn,)}
    assert by_name["a"].dependencies == tuple(sorted((by_name["r"].urn, by_name["p"].urn)))


def test_secrets_never_show(quick: bool) -> None:
    def program() -> None:
        password = pulumi.Config().require_secret("password")
        pulumi.export("url", pulumi.Output.concat("postgres://", password))
        parameter = aws.ssm.Parameter("p", type="String", value=pulumi.Output.format("{0}!", password))
        pulumi.export("value", parameter.value)

    recording = record(program, config={"password": "hunter2"}, secret_config_keys=["password"], quick=quick)
    assert "hunter2" not in recording.plan().to_json()
    assert "hunter2" not in repr(recording.outputs)
    assert recording.outputs == {"url": Secret("postgres://hunter2"), "value": Secret("hunter2!")}
    assert planned(recording, "p")["value"] == {"$secret": True}


def test_functions_are_answered_and_kept(quick: bool) -> None:
    def program() -> None:
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("region", aws.get_region().region)
        pulumi.export("partition", aws.get_partition().partition)
        pulumi.export("zones", aws.get_availability_zones(state="available").names)
        pulumi.export("subnet", aws.ec2.get_subnet(id="subnet-1").cidr_block)
        pulumi.export("vpc", aws.ec2.get_vpc_output(id="vpc-1").cidr_block)

    recording = record(
        program,
        config={"aws:region": "cn-north-1"},
        calls={"aws:ec2/getVpc:getVpc": lambda args: {"cidrBlock": f"block of {args['id']}"}},
        quick=quick,
    )
    assert recording.outputs == {
        "account": "123456789012",
        "region": "cn-north-1",
        "partition": "aws-cn",
        "zones": ["cn-north-1a", "cn-north-1b", "cn-north-1c"],
        "subnet": "${getSubnet(id=subnet-1).cidrBlock}",
        "vpc": "block of vpc-1",
    }
    assert [call.token for call in recording.calls][-1] == "aws:ec2/getVpc:getVpc"
    assert recording.calls[-1].args == {"id": "vpc-1"}


def test_the_region_is_that_of_the_provider(quick: bool) -> None:
    def program() -> None:
        west = aws.Provider("west", region="eu-west-1")
        pulumi.export("region", aws.get_region(opts=pulumi.InvokeOptions(provider=west)).region)
        pulumi.export("default", aws.get_region().region)

    assert record(program, quick=quick).outputs == {"region": "eu-west-1", "default": "${aws.region}"}


def test_stack_references(quick: bool) -> None:
    def program() -> None:
        given = pulumi.StackReference("acme/network/prod")
        other = pulumi.StackReference("acme/other/prod")
        pulumi.export("vpc", given.require_output("vpcId"))
        pulumi.export("zones", given.get_output("zones").apply(len))
        pulumi.export("symbol", other.get_output("vpcId"))
        pulumi.export("first", other.require_output("subnets")[0])
        pulumi.export("key", other.require_output("subnets")["a"])

    references = {"acme/network/prod": {"vpcId": "vpc-1", "zones": ["a", "b"]}}
    assert record(program, stack_references=references, quick=quick).outputs == {
        "vpc": "vpc-1",
        "zones": 2,
        "symbol": "${acme/other/prod.vpcId}",
        "first": "${acme/other/prod.subnets[0]}",
        "key": "${acme/other/prod.subnets[a]}",
    }


def test_an_existing_resource_is_read(quick: bool) -> None:
    def program() -> None:
        role = aws.iam.Role.get("old", "role-id")
        pulumi.export("arn", role.arn)
        pulumi.export("id", role.id)

    recording = record(program, quick=quick)
    assert recording.outputs == {"arn": "${old.arn}", "id": "role-id"}
    read = recording.resources[1]
    assert read.read
    assert read.resource_class is aws.iam.Role
    assert recording.plan().resources[1].options["read_id"] == "role-id"


def test_resources_know_their_class_and_object(quick: bool) -> None:
    made: list[object] = []

    def program() -> None:
        made.append(aws.iam.Role("same", assume_role_policy="{}"))
        made.append(aws.iam.RolePolicyAttachment("same", role="x", policy_arn="y"))

    resources = record(program, quick=quick).resources
    assert [each.resource for each in resources[1:]] == made
    assert [each.resource_class for each in resources[1:]] == [aws.iam.Role, aws.iam.RolePolicyAttachment]


def test_the_program_sees_a_preview_of_the_stack(quick: bool) -> None:
    def program() -> None:
        pulumi.export("dry", pulumi.runtime.is_dry_run())
        pulumi.export("where", [pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()])

    recording = record(program, project="shop", stack="prod", organization="acme", quick=quick)
    assert recording.outputs == {"dry": True, "where": ["acme", "shop", "prod"]}


def test_log_messages_are_kept(quick: bool) -> None:
    def program() -> None:
        pulumi.log.debug("not this")
        pulumi.log.warn("careful", aws.iam.Role("r", assume_role_policy="{}"))

    logs = record(program, quick=quick).logs
    assert [(each.severity, each.text) for each in logs] == [("warning", "careful")]
    assert logs[0].urn is not None
    assert logs[0].urn.endswith("::r")


def test_nothing_is_left_behind(quick: bool) -> None:
    before = (pulumi.Output.apply, SETTINGS.project, SETTINGS.monitor, pulumi.runtime.get_root_resource())

    def bad() -> None:
        aws.iam.Role("r", assume_role_policy="{}")
        raise ValueError("no")

    record(lambda: None, project="other", quick=quick)
    with pytest.raises(ProgramError):
        record(bad, project="other", quick=quick)
    assert (pulumi.Output.apply, SETTINGS.project, SETTINGS.monitor, pulumi.runtime.get_root_resource()) == before


def test_it_may_be_called_where_a_loop_is_running(quick: bool) -> None:
    async def main() -> Recording:
        return record(lambda: pulumi.export("a", 1), quick=quick)

    assert asyncio.run(main()).outputs == {"a": 1}


def test_async_programs(quick: bool) -> None:
    async def program() -> None:
        await asyncio.sleep(0)
        aws.iam.Role("r", assume_role_policy="{}")

    assert len(record(program, quick=quick).resources) == 2


def test_transforms_and_hooks_do_not_get_in_the_way(quick: bool) -> None:
    def program() -> None:
        hook = pulumi.ResourceHook("said", lambda _args: None)
        pulumi.runtime.register_resource_transform(lambda _args: None)
        options = pulumi.ResourceOptions(
            transforms=[lambda _args: None],
            transformations=[
                lambda args: pulumi.ResourceTransformationResult({**args.props, "path": "/x/"}, args.opts)
            ],
            hooks=pulumi.ResourceHookBinding(after_create=[hook]),
        )
        aws.iam.Role("r", assume_role_policy="{}", opts=options)

    recording = record(program, quick=quick)
    assert planned(recording, "r")["path"] == "/x/"
    assert recording.plan().resources[1].options["hooks"] == {"after_create": ["said"]}


def test_threads_record_one_after_another() -> None:
    def program(name: str) -> None:
        pulumi.export("arn", aws.iam.Role(name, assume_role_policy="{}").arn)

    with ThreadPoolExecutor(4) as pool:
        recordings = list(pool.map(lambda i: record(lambda: program(f"r{i}")), range(8)))
    assert [each.outputs["arn"] for each in recordings] == [f"${{r{i}.arn}}" for i in range(8)]


def test_a_recorded_program_cannot_record() -> None:
    with pytest.raises(ProgramError, match="cannot record another"):
        record(lambda: record(lambda: None))


@pytest.mark.parametrize("wrong", ["datta", "upper_"])
def test_a_mistyped_output_is_the_programs_mistake(wrong: str, quick: bool) -> None:
    def program() -> None:
        cluster = aws.eks.Cluster("c", role_arn="arn", vpc_config={"subnet_ids": ["a"]})
        pulumi.export("a", getattr(cluster.certificate_authority if wrong == "datta" else cluster.arn, wrong))

    with pytest.raises(ProgramError, match=f"has no attribute '{wrong}'"):
        record(program, quick=quick)
