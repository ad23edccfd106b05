"""A program with a bit of everything a request can hold."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

SECRET = "hunter2-plain"  # noqa: S105


class Platform(pulumi.ComponentResource):
    """A component of the user's own."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("acme:index:Platform", name, {"size": 3}, opts)
        self.inner = Inner(f"{name}-inner", pulumi.ResourceOptions(parent=self))
        self.register_outputs({"size": 3})


class Inner(pulumi.ComponentResource):
    """A component in a component, so that URNs have a chain of types."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__("acme:index:Inner", name, {}, opts)
        self.topic = aws.sns.Topic(f"{name}-topic", opts=pulumi.ResourceOptions(parent=self))


class Renamed(pulumi.CustomResource):
    """A resource whose class has names of its own for what it sends."""

    def translate_input_property(self, prop: str) -> str:
        return f"{prop}Sent"


def rich() -> None:
    """Register it."""
    config = pulumi.Config()
    password = config.require_secret("password")
    opts = pulumi.ResourceOptions
    account = aws.get_caller_identity().account_id
    provider = aws.Provider("west", region="eu-west-1", default_tags={"tags": {"account": account}})
    role = aws.iam.Role(
        "role",
        assume_role_policy=json.dumps({"Statement": []}),
        tags={"snake_key": "v", "camelKey": "w"},
        opts=opts(provider=provider, protect=True),
    )
    attachment = aws.iam.RolePolicyAttachment("role", role=role.name, policy_arn="arn:aws:iam::aws:policy/x")
    network = pulumi.StackReference("acme/network/prod")
    cluster = aws.eks.Cluster(
        "shop-cluster",
        role_arn=role.arn,
        vpc_config=aws.eks.ClusterVpcConfigArgs(
            subnet_ids=[network.require_output("subnet"), "subnet-2"], endpoint_private_access=True
        ),
        opts=opts(depends_on=[attachment], retain_on_delete=True, custom_timeouts=pulumi.CustomTimeouts(create="30m")),
    )
    platform = Platform("platform", opts(depends_on=[cluster], providers=[provider]))
    issuer = cluster.identities[0].oidcs[0].issuer
    aws.iam.Role(
        "irsa",
        assume_role_policy=pulumi.Output.json_dumps({"issuer": issuer, "arn": cluster.arn}),
        description=pulumi.Output.format("for {0} in {1}", cluster.name, cluster.vpc_config.vpc_id),
        max_session_duration=cluster.deletion_protection.apply(lambda on: 3600 if on else 7200),
        opts=opts(
            parent=platform.inner,
            ignore_changes=["tags"],
            replace_on_changes=["description"],
            delete_before_replace=False,
            aliases=[pulumi.Alias(name="old-irsa"), "urn:pulumi:dev::project::aws:iam/role:Role::older"],
            deleted_with=cluster,
        ),
    )
    aws.ssm.Parameter(
        "param",
        type="SecureString",
        value=pulumi.Output.concat("postgres://", password, "@", cluster.endpoint),
        tags={"nested": password, "plain": "text"},
        opts=opts(additional_secret_outputs=["arn"], import_="existing"),
    )
    queue = aws.sqs.Queue.get("jobs", "https://sqs/jobs", region="eu-west-1")
    code = pulumi.AssetArchive({"a.txt": pulumi.StringAsset("hello"), "b": pulumi.FileArchive("./dir")})
    raw = pulumi.CustomResource(
        "acme:index:Raw", "raw", {"layer_name": queue.name, "code": code, "bad": role.arn.apply(json.loads)}
    )
    pulumi.export("raw", raw.layer_name)  # type: ignore[attr-defined]
    written = {"snake_key": [{"camelKey": None}, [1, 2.5, True]], "pair": ("a", {"b_c": role.arn}), "empty": {}}
    pulumi.CustomResource("acme:index:Written", "written", {"spec_of": written, "list": [{"a_b": 1}], "none": None})
    Renamed("acme:index:Renamed", "renamed", {"outer_key": {"inner_key": {"a": 1}}, "each": [{"b": 2}]})
    cluster_provider = k8s.Provider("k8s", kubeconfig=pulumi.Output.secret(cluster.endpoint))
    namespace = k8s.core.v1.Namespace("ns", opts=opts(provider=cluster_provider, parent=platform))
    k8s.core.v1.ConfigMap(
        "cm",
        metadata=k8s.meta.v1.ObjectMetaArgs(namespace=namespace.metadata.name, labels={"a.b/c": "d"}),
        data={"ca": cluster.certificate_authority.data, "version": cluster.platform_version},
        opts=opts(provider=cluster_provider),
    )
    k8s.apiextensions.CustomResource(
        "pool", api_version="karpenter.sh/v1", kind="NodePool", spec={"limits": {"cpu": 10, "ratio": 0.5}, "on": True}
    )
    pulumi.log.warn("careful")
    pulumi.export("endpoint", cluster.endpoint)
    pulumi.export("password", password)
    pulumi.export("role", role)
    pulumi.export("zones", aws.get_availability_zones_output(state="available").names)
    pulumi.export("count", cluster.deletion_protection)


def rich_settings() -> dict[str, Any]:
    """The settings the program needs."""
    return {
        "config": {"password": SECRET, "aws:region": "us-west-2"},
        "secret_config_keys": ["password"],
    }
