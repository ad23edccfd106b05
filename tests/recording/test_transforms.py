"""Transforms run as the engine runs them; what has to read an unknown text, or count an unknown list, is unknown."""

from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from eks_blueprints.recording import Recording
from eks_blueprints.recording import record as _record


def record(program: Any, **settings: Any) -> Recording:
    return _record(program, **settings)


@pytest.fixture(params=[True, False], ids=["quick", "plain"])
def quick(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def marks(who: str) -> Any:
    """A transform that tags with how many tags there were before it."""

    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if not args.type_.startswith("aws:"):
            return None
        tags = dict(args.props.get("tags") or {})
        return pulumi.ResourceTransformResult({**args.props, "tags": {**tags, who: str(len(tags))}}, args.opts)

    return transform


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__("acme:index:Group", name, None, opts)


def test_own_transforms_come_first_then_the_parents_then_the_stacks(quick: bool) -> None:
    def program() -> None:
        pulumi.runtime.register_resource_transform(marks("stack"))
        outer = Group("outer", pulumi.ResourceOptions(transforms=[marks("outer")]))
        inner = Group("inner", pulumi.ResourceOptions(parent=outer, transforms=[marks("inner")]))
        own = [marks("first"), marks("second")]
        aws.iam.Role("r", assume_role_policy="{}", opts=pulumi.ResourceOptions(parent=inner, transforms=own))
        aws.iam.Role("other", assume_role_policy="{}")

    roles = {each.name: each.inputs for each in record(program, quick=quick).resources if "iam" in each.type}
    assert roles["r"]["tags"] == {"first": "0", "second": "1", "inner": "2", "outer": "3", "stack": "4"}
    assert roles["other"]["tags"] == {"stack": "0"}


def test_options_are_taken_over_and_outputs_follow(quick: bool) -> None:
    async def protect(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True, ignore_changes=["path"]))
        return pulumi.ResourceTransformResult({**args.props, "path": "/team/"}, opts)

    def program() -> None:
        role = aws.iam.Role("r", assume_role_policy="{}", opts=pulumi.ResourceOptions(transforms=[protect]))
        pulumi.export("path", role.path)

    recording = record(program, quick=quick)
    role = next(each for each in recording.plan().resources if each.name == "r")
    assert role.options["protect"] is True
    assert role.options["ignore_changes"] == ["path"]
    assert recording.outputs["path"] == "/team/"


def test_transformations_of_the_stack_run_too(quick: bool) -> None:
    def tag(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith("aws:"):
            return None
        return pulumi.ResourceTransformationResult({**args.props, "tags": {"a": "b"}}, args.opts)

    def program() -> None:
        pulumi.runtime.register_stack_transformation(tag)
        aws.iam.Role("r", assume_role_policy="{}")

    role = next(each for each in record(program, quick=quick).resources if each.name == "r")
    assert role.inputs["tags"] == {"a": "b"}


def test_a_transform_of_functions_is_said_not_to_be_followed(quick: bool) -> None:
    def program() -> None:
        pulumi.runtime.register_invoke_transform(lambda _args: None)

    assert record(program, quick=quick).gaps == ("a transform of provider functions",)


def test_a_list_that_only_aws_knows_has_no_invented_entry(quick: bool) -> None:
    def program() -> None:
        found = aws.ec2.get_subnets_output()
        aws.rds.SubnetGroup("late", subnet_ids=found.ids)
        aws.rds.SubnetGroup("early", subnet_ids=aws.ec2.get_subnets().ids)

    recording = record(program, quick=quick)
    groups = {each.name: each.inputs["subnetIds"] for each in recording.resources if "rds" in each.type}
    assert groups == {"late": {"$unknown": True}, "early": ["${getSubnets.ids[*]}"]}
    assert recording.gaps == ("how long a list is that early is given",)


READING: list[tuple[Any, Any]] = [
    (lambda arn: f"{arn}/*", "${r.arn}/*"),
    (lambda arn: arn + ":x", "${r.arn}:x"),
    (lambda arn: arn.replace(":role/", ":user/") + "/*", "${r.arn|replace(:role/,:user/)}/*"),
    (lambda arn: arn.split("/")[-1], {"$unknown": True}),
    (lambda arn: arn.rpartition("/")[2], {"$unknown": True}),
    (lambda arn: arn[:3], {"$unknown": True}),
    (lambda arn: "cn" if arn.startswith("arn:aws-cn") else "other", {"$unknown": True}),
    (lambda arn: "cn" if ":aws-cn:" in arn else "other", {"$unknown": True}),
]


@pytest.mark.parametrize(("reads", "expected"), READING)
def test_a_text_that_is_not_known_is_not_read(reads: Any, expected: Any, quick: bool) -> None:
    def program() -> None:
        role = aws.iam.Role("r", assume_role_policy="{}")
        aws.iam.Role("s", assume_role_policy="{}", description=role.arn.apply(lambda arn: arn).apply(reads))

    role = next(each for each in record(program, quick=quick).resources if each.name == "s")
    assert role.inputs["description"] == expected


def test_objects_of_a_yaml_file_are_shown_or_said_to_be_missing(tmp_path: Path, quick: bool) -> None:
    file = tmp_path / "objects.yaml"
    file.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n# nothing\n---\nkind: ServiceAccount\n"
                    "apiVersion: v1\nmetadata: {name: b, namespace: q}\n")  # fmt: skip

    def program() -> None:
        kubernetes.yaml.ConfigFile("one", file=str(file))
        kubernetes.yaml.v2.ConfigFile("two", file=str(file))

    recording = record(program, quick=quick)
    assert {"a", "q/b"} <= {each.name for each in recording.resources}
    assert recording.gaps == ("what two makes (kubernetes:yaml/v2:ConfigFile)",)


def test_a_local_kustomize_directory_makes_its_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [map.yaml]\n")
    (tmp_path / "map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n")

    def program(folder: str = str(tmp_path)) -> None:
        kubernetes.kustomize.Directory("one", directory=folder)

    recording = record(program)
    assert "kubernetes:core/v1:ConfigMap" in {each.type for each in recording.resources}
    assert recording.gaps == ()
    monkeypatch.setenv("PATH", "")
    (tmp_path / "kustomization.yaml").write_text("resources: [map.yaml]\nnamePrefix: x-\n")
    (gap,) = record(program).gaps
    assert gap.startswith(f"what Kustomize makes of {tmp_path}")
