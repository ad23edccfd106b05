"""The EKS add-ons that nearly every platform has; test_catalogue walks all of them."""

from __future__ import annotations

import importlib
import json
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from eks_blueprints import BlueprintArgs, ClusterArgs, NetworkArgs
from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.coredns import Coredns
from eks_blueprints.addons.eks_addon import EksAddon, _identities
from eks_blueprints.addons.eks_pod_identity_agent import EksPodIdentityAgent
from eks_blueprints.addons.kube_proxy import KubeProxy
from eks_blueprints.addons.metrics_server import MetricsServer
from eks_blueprints.addons.vpc_cni import VpcCni
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.core.elements import element_class, kinds
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.testing.recorded import Recorded
from tests.builders import recorded

KINDS = ["aws_ebs_csi_driver", "coredns", "eks_pod_identity_agent", "kube_proxy", "metrics_server", "vpc_cni"]
KEY = "arn:aws:kms:eu-west-1:111122223333:key/abc"
ROLE = "arn:aws:iam::111122223333:role/cni"


def installed(addon: AddOn, **cluster: Any) -> Recorded:
    return recorded(addon.install, **cluster)


def configuration(addon: AddOn, **cluster: Any) -> Any:
    return json.loads(installed(addon, **cluster).one("eks.Addon")["configurationValues"])


def problems(kind: type[EksAddOn], **fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(fields)
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_name_in_eks_is_the_kind(kind: str) -> None:
    cls: Any = element_class(AddOn, kind)
    assert cls.eks_name == kind.replace("_", "-")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_says_what_it_is_for(kind: str) -> None:
    module = importlib.import_module(f"eks_blueprints.addons.{kind}")
    assert module.__doc__
    assert element_class(AddOn, kind).__doc__


@pytest.mark.parametrize("kind", KINDS)
def test_it_installs_with_nothing_said(kind: str, golden: Any) -> None:
    golden(installed(element_class(AddOn, kind)()), kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_its_name_is_fixed_so_that_a_replacement_deletes_first(kind: str) -> None:
    plan = installed(element_class(AddOn, kind)())  # type: ignore[arg-type]
    plan.one("eks.Addon").has_option(delete_before_replace=True)


def test_the_network_and_the_agent_come_before_nodes() -> None:
    first = [kind for kind in KINDS if element_class(AddOn, kind).before_nodes]  # type: ignore[attr-defined]
    assert first == ["eks_pod_identity_agent", "kube_proxy", "vpc_cni"]


def test_its_role_has_its_policies_before_it_starts() -> None:
    plan = installed(VpcCni())
    plan.one("eks.Addon").waits_for(plan.one("RolePolicyAttachment"))


def test_pod_identity_is_the_default() -> None:
    addon = installed(VpcCni()).one("eks.Addon")
    assert addon["podIdentityAssociations"] == [{"roleArn": "${shop-vpc-cni-role.arn}", "serviceAccount": "aws-node"}]
    addon.lacks("serviceAccountRoleArn")


def test_irsa_gives_the_service_account_its_role() -> None:
    plan = installed(VpcCni(identity="irsa"))
    plan.one("eks.Addon").has(serviceAccountRoleArn="${shop-vpc-cni-role.arn}").lacks("podIdentityAssociations")


def test_irsa_needs_an_oidc_provider() -> None:
    with pytest.raises(InputError, match=r"addons.vpc_cni.identity: irsa needs an IAM OIDC provider"):
        _attempt(VpcCni(identity="irsa"), oidc_provider_arn=None)


def test_with_the_nodes_role_there_is_no_role_of_its_own() -> None:
    plan = installed(VpcCni(identity="node_role")).none("Role")
    plan.one("eks.Addon").lacks("podIdentityAssociations", "serviceAccountRoleArn")


@pytest.mark.parametrize("identity", ["pod_identity", "irsa"])
def test_a_role_that_is_there_is_used(identity: Any) -> None:
    plan = installed(VpcCni(identity=identity, service_account_role_arn=ROLE)).none("Role")
    assert ROLE in json.dumps(dict(plan.one("eks.Addon").inputs))


def test_the_platforms_tags_reach_the_add_on_and_its_role() -> None:
    plan = installed(VpcCni(tags={"team": "net", "cost": "1"}))
    plan.one("eks.Addon").has(tags={"cost": "1", "team": "net"})
    plan.one("Role").has(tags={"cost": "1", "team": "net"})


def test_settings_are_merged_with_what_the_fields_say() -> None:
    values = {"env": {"AWS_VPC_K8S_CNI_LOGLEVEL": "INFO"}, "nodeAgent": {"enablePolicyEventLogs": "true"}}
    assert configuration(VpcCni(prefix_delegation=True, configuration_values=values)) == {
        "env": {"AWS_VPC_K8S_CNI_LOGLEVEL": "INFO", "ENABLE_PREFIX_DELEGATION": "true"},
        "nodeAgent": {"enablePolicyEventLogs": "true"},
    }


def test_settings_have_one_text_whatever_their_order() -> None:
    one = installed(MetricsServer(configuration_values={"a": 1, "b": 2})).one("eks.Addon")
    other = installed(MetricsServer(configuration_values={"b": 2, "a": 1})).one("eks.Addon")
    assert one["configurationValues"] == other["configurationValues"]


def test_nothing_said_leaves_settings_to_eks() -> None:
    installed(Coredns()).one("eks.Addon").lacks("configurationValues", "addonVersion")


def test_a_setting_is_said_once() -> None:
    text = problems(VpcCni, prefix_delegation=True, configuration_values={"env": {"ENABLE_PREFIX_DELEGATION": "false"}})
    assert "configuration_values.env.ENABLE_PREFIX_DELEGATION" in text
    assert "is also set by a field" in text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"a": {1: "x"}}, "needs text as its key; got 1; quote it"),
        ({"a": float("nan")}, "is not a number that JSON knows"),
        ({"a": [object()]}, "is not a JSON value"),
    ],
)
def test_settings_are_json(values: Any, message: str) -> None:
    assert message in problems(Coredns, configuration_values=values)


@pytest.mark.parametrize("version", ["1.2.3", "v1.2.3", "v1.2-eksbuild.1", "latest", "", "v1.20.4-eksbuild.2 "])
def test_a_version_is_of_eks(version: str) -> None:
    assert "is not a valid version of an EKS add-on" in problems(Coredns, version=version)


def test_a_version_is_passed_on() -> None:
    installed(Coredns(version="v1.12.2-eksbuild.4")).one("eks.Addon").has(addonVersion="v1.12.2-eksbuild.4")


@pytest.mark.parametrize("fields", [{"identity": "irsa"}, {"service_account_role_arn": ROLE}])
def test_an_add_on_that_calls_no_aws_service_takes_no_role(fields: Any) -> None:
    assert "kube_proxy calls no AWS service" in problems(KubeProxy, **fields)


def test_a_role_has_no_use_with_the_nodes_role() -> None:
    assert "has no effect with identity node_role" in problems(
        VpcCni, identity="node_role", service_account_role_arn=ROLE
    )


def test_timeouts_are_of_every_operation() -> None:
    addon = installed(Coredns(timeout_minutes=30)).one("eks.Addon")
    assert "30m" in json.dumps(addon.planned.to_data()["options"])


def test_no_permission_is_a_wildcard() -> None:
    def program(cluster: ClusterRef) -> None:
        for kind in KINDS:
            allowed = element_class(AddOn, kind)().permissions(cluster)  # type: ignore[attr-defined]
            assert all(action != "*" and not action.endswith(":*") for allow in allowed for action in allow.actions)

    recorded(program)


def test_the_network_add_on_has_permissions_of_its_own_on_ipv6() -> None:
    plan = recorded(lambda c: VpcCni().install(_ipv6(c))).none("RolePolicyAttachment")
    allowed = json.loads(plan.one("RolePolicy")["policy"])["Statement"][0]["Action"]
    security_groups = {"ec2:DescribeSecurityGroups", "ec2:ModifyNetworkInterfaceAttribute"}
    assert {"ec2:AssignIpv6Addresses", "ec2:DescribeSubnets", *security_groups} < set(allowed)


def test_custom_networking_takes_the_networks_pod_subnets() -> None:
    found = configuration(VpcCni(custom_networking={}))  # type: ignore[arg-type]
    assert found["env"] == {
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true",
        "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone",
    }
    assert found["eniConfig"]["subnets"]["eu-west-1b"] == {
        "id": "subnet-30000002",
        "securityGroups": ["sg-0123456789abcdef0"],
    }


def test_custom_networking_by_zone_ids_looks_at_the_label_for_them() -> None:
    found = configuration(VpcCni.model_validate({"custom_networking": {"subnets": {"euw1-az1": "subnet-1"}}}))
    assert found["env"]["ENI_CONFIG_LABEL_DEF"] == "topology.k8s.aws/zone-id"


def test_custom_networking_needs_pod_subnets() -> None:
    def program(cluster: ClusterRef) -> None:
        network = cluster.network
        bare = type(network)(vpc_id="vpc-1", subnets=tuple(s for s in network.subnets if s.role != "pod"))
        changed = type(cluster)(**{**vars(cluster), "network": bare})
        with pytest.raises(InputError, match=r"addons.vpc_cni.custom_networking.subnets: needs subnets for pods"):
            VpcCni.model_validate({"custom_networking": {}}).install(changed)

    recorded(program)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"warm_prefix_target": 1}, "is for prefix_delegation; got it off"),
        ({"external_snat": True, "exclude_snat_cidrs": ["10.0.0.0/8"]}, "has no effect with external_snat"),
        ({"exclude_snat_cidrs": ["10.0.0.1/8"]}, "is not the first address of its range"),
        ({"custom_networking": {"subnets": {"nowhere": "subnet-1"}}}, "is not a valid availability zone"),
        ({"custom_networking": {"subnets": {"eu-west-1a": "s", "euw1-az1": "s"}}}, "mixes names and ids of zones"),
        ({"custom_networking": {}, "configuration_values": {"eniConfig": {}}}, "is created by custom_networking"),
        ({"warm_ip_target": True}, "needs a whole number"),
        ({"prefix_delegation": "yes"}, "needs true or false"),
    ],
)
def test_settings_of_the_network_fit_together(fields: Any, message: str) -> None:
    assert message in problems(VpcCni, **fields)


def test_the_settings_of_the_network_are_text() -> None:
    addon = VpcCni(
        prefix_delegation=True,
        warm_prefix_target=2,
        network_policy="strict",
        pod_security_groups="strict",
        external_snat=False,
        windows_ipam=True,
    )
    assert addon.settings() == {
        "env": {
            "AWS_VPC_K8S_CNI_EXTERNALSNAT": "false",
            "ENABLE_POD_ENI": "true",
            "ENABLE_PREFIX_DELEGATION": "true",
            "NETWORK_POLICY_ENFORCING_MODE": "strict",
            "POD_SECURITY_GROUP_ENFORCING_MODE": "strict",
            "WARM_PREFIX_TARGET": "2",
        },
        "enableNetworkPolicy": "true",
        "enableWindowsIpam": "true",
        "init": {"env": {"DISABLE_TCP_EARLY_DEMUX": "true"}},
    }


def test_coredns_says_how_many_pods_and_where() -> None:
    fields = {
        "autoscaling": {"min_replicas": 3, "max_replicas": 9},
        "tolerations": [{"key": "system", "operator": "Exists", "effect": "NoSchedule"}],
        "node_selector": {"pool": "system"},
        "pod_disruption_budget": {"max_unavailable": "25%"},
    }
    assert Coredns.model_validate(fields).settings() == {
        "autoScaling": {"enabled": True, "minReplicas": 3, "maxReplicas": 9},
        "nodeSelector": {"pool": "system"},
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": "25%"},
        "tolerations": [{"key": "system", "operator": "Exists", "effect": "NoSchedule"}],
    }


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"replicas": 2, "autoscaling": {}}, "cannot be combined with autoscaling"),
        ({"autoscaling": {"min_replicas": 5, "max_replicas": 3}}, "is below min_replicas"),
        ({"pod_disruption_budget": {}}, "got neither; give one"),
        ({"pod_disruption_budget": {"min_available": "101%"}}, "is neither a count nor a percentage"),
        ({"tolerations": [{"operator": "Exists", "value": "x"}]}, "accepts no value with operator Exists"),
        ({"node_selector": {"": ""}}, "is not a label"),
        ({"tolerations": [{"key": "a b"}]}, "is not a valid taint key"),
        ({"tolerations": [{"value": "x"}]}, "is needed with operator Equal"),
        ({"tolerations": [{"key": "a", "toleration_seconds": 3}]}, "is for effect NoExecute only"),
    ],
)
def test_settings_of_coredns_fit_together(fields: Any, message: str) -> None:
    assert message in problems(Coredns, **fields)


def test_ipvs_has_a_scheduler() -> None:
    assert KubeProxy(mode="ipvs").settings() == {"mode": "ipvs", "ipvs": {"scheduler": "rr"}}
    assert "is for mode ipvs" in problems(KubeProxy, ipvs_scheduler="lc")


def test_volumes_may_be_encrypted_with_keys_of_ones_own() -> None:
    plan = installed(AwsEbsCsiDriver(kms_key_arns=(KEY,)))
    policy = json.loads(plan.one("RolePolicy")["policy"])
    assert {tuple(statement["Resource"]) for statement in policy["Statement"]} == {(KEY,)}


def test_the_driver_brings_a_storage_class_when_asked() -> None:
    driver = AwsEbsCsiDriver(default_storage_class=True, extra_volume_tags={"team": "shop"})
    assert driver.settings() == {
        "controller": {"extraVolumeTags": {"team": "shop"}},
        "defaultStorageClass": {"enabled": True},
    }


def _attempt(addon: AddOn, **cluster: Any) -> None:
    caught: list[InputError] = []

    def program(ref: ClusterRef) -> None:
        try:
            addon.install(ref)
        except InputError as error:
            caught.append(error)

    recorded(program, **cluster)
    raise caught[0]


def _ipv6(cluster: ClusterRef) -> ClusterRef:
    from dataclasses import replace

    return replace(cluster, network=replace(cluster.network, ip_family="ipv6"))


@pytest.mark.parametrize(
    ("name", "account", "said"),
    [
        ("cert-manager", "cert-manager", "EKS add-on cert-manager accepts none"),
        ("cert-manager", "cert-manager", "or use cert_manager: {zone_arns: [...]}"),
        ("metrics-server", "metrics-server", "EKS add-on metrics-server accepts none"),
        ("amazon-cloudwatch-observability", "amazon-cloudwatch", "write cloudwatch-agent"),
        ("aws-ebs-csi-driver", "ebs-csi-node-sa", "write ebs-csi-controller-sa"),
        ("fluent-bit", "fluent-bit", "or use pod_identity_associations"),
    ],
)
def test_roles_that_eks_refuses_for_its_add_ons(name: str, account: str, said: str) -> None:
    policies = {"own": "arn:aws:iam::111122223333:policy/own"}
    with pytest.raises(ValidationError, match="service_account_name") as caught:
        EksAddon(name="x", addon_name=name, service_account_name=account, policy_arns=policies)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("amazon-cloudwatch-observability", "cloudwatch-agent"),
        ("acme_agent", "whatever"),
        ("external-dns", "external-dns"),
        ("aws-privateca-connector-for-kubernetes", "aws-privateca-issuer"),
        ("aws-mountpoint-s3-csi-driver", "s3-csi-driver-sa"),
    ],
)
def test_roles_that_eks_takes_for_its_add_ons(name: str, account: str) -> None:
    policies = {"own": "arn:aws:iam::111122223333:policy/own"}
    made = EksAddon(name="x", addon_name=name, service_account_name=account, policy_arns=policies)
    assert made.service_accounts == (account,)


@pytest.mark.parametrize(
    ("name", "account", "identity", "said"),
    [
        ("aws-efs-csi-driver", "efs-csi-node-sa", "pod_identity", "write efs-csi-controller-sa"),
        ("eks-node-monitoring-agent", "monitor", "pod_identity", "accepts none"),
        ("adot", "my-collector", "pod_identity", "write adot-col-prom-metrics or"),
        ("cert-manager", "cert-manager", "irsa", "accepts none"),
        ("aws-ebs-csi-driver", "ebs-csi-node-sa", "irsa", "write ebs-csi-controller-sa"),
    ],
)
def test_roles_that_eks_may_take_after_all_are_warnings(
    name: str, account: str, identity: Literal["pod_identity", "irsa"], said: str
) -> None:
    policies = {"own": "arn:aws:iam::111122223333:policy/own"}
    addon = EksAddon(name="x", addon_name=name, service_account_name=account, policy_arns=policies, identity=identity)
    args = BlueprintArgs(
        region="eu-west-1",
        network=NetworkArgs(cidr="10.0.0.0/16"),
        cluster=ClusterArgs(version="1.35"),
        compute=[ManagedNodes(name="nodes")],
        addons=[addon, EksPodIdentityAgent(name="agent")],
    )
    found = [each for each in args.warnings if each.path == ("addons", "x", "service_account_name")]
    assert [each.severity for each in found] == ["warning"]
    assert said in found[0].message


def test_each_row_of_service_accounts_says_where_it_comes_from() -> None:
    for row in _identities().values():
        assert row.keys() - {"instead"} == {"accounts", "certain", "source"}
        assert row["source"]


def test_the_catalogue_agrees_with_the_table_of_service_accounts() -> None:
    for kind in kinds(AddOn):
        cls = element_class(AddOn, kind)
        if not issubclass(cls, EksAddOn):
            continue
        row = _identities().get(cls.eks_name)
        assert row is None or not cls.service_account or cls.service_account in row["accounts"]
