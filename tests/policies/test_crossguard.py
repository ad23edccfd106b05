"""The rules as policies of the engine, against a stand-in of pulumi-policy with the same signatures."""

from collections.abc import Mapping
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.cli_support import pack_folder
from eks_blueprints.policies.crossguard import ADVICE, judgement_of, policies
from eks_blueprints.policies.settings import Judgement, RuleSetting

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
URN = "urn:pulumi:dev::shop::aws:eks/cluster:Cluster::shop"


class _Proxy(Mapping[str, Any]):
    """As pulumi-policy's: reading an unknown raises."""

    def __init__(self, target: dict[str, Any]) -> None:
        self._target = {key: _Proxy(value) if isinstance(value, dict) else value for key, value in target.items()}

    def __getitem__(self, key: str) -> Any:
        if key == "__target":
            return self._target
        if self._target[key] == UNKNOWN:
            raise RuntimeError("unknown")
        return self._target[key]

    def __iter__(self) -> Any:
        return iter(self._target)

    def __len__(self) -> int:
        return len(self._target)


class _Policy:
    def __init__(self, name: str, description: str, validate: Any, **more: Any) -> None:
        self.name, self.description, self.validate, self.more = name, description, validate, more


class _Stack(_Policy):
    pass


SDK = SimpleNamespace(
    EnforcementLevel=Enum("EnforcementLevel", ["ADVISORY", "MANDATORY", "REMEDIATE", "DISABLED"]),
    Severity=Enum("Severity", ["UNSPECIFIED", "LOW", "MEDIUM", "HIGH", "CRITICAL"]),
    PolicyConfigSchema=lambda properties: SimpleNamespace(properties=properties),
    ResourceValidationPolicy=_Policy,
    StackValidationPolicy=_Stack,
)


def _args(props: dict[str, Any], config: dict[str, Any] | None = None, type_: str = "aws:eks/cluster:Cluster") -> Any:
    return SimpleNamespace(
        resource_type=type_,
        props=_Proxy(props),
        urn=URN,
        name="shop",
        opts=SimpleNamespace(protect=False, ignore_changes=[]),
        provider=None,
        get_config=lambda: config or {},
    )


def _by_name(judgement: Judgement | None = None) -> dict[str, Any]:
    return {each.name: each for each in policies(SDK, judgement or Judgement())}


def _said(policy: Any, args: Any) -> list[str]:
    found: list[str] = []
    policy.validate(args, lambda message, urn=None: found.append(message))
    return found


def test_every_rule_is_a_policy() -> None:
    assert set(_by_name()) == {*rules(), ADVICE}


def test_enforcement_follows_the_profile_and_the_settings() -> None:
    setting = {"vpc-dns-enabled": RuleSetting(enforcement="disabled")}
    found = _by_name(Judgement("production", setting))
    assert found["eks-endpoint-public-disabled"].more["enforcement_level"].name == "MANDATORY"
    assert found["vpc-dns-enabled"].more["enforcement_level"].name == "DISABLED"
    assert found["karpenter-ami-alias-pinned"].more["enforcement_level"].name == "MANDATORY"


def test_a_resource_rule_reports_what_it_says_offline() -> None:
    policy = _by_name()["eks-endpoint-not-open-to-internet"]
    args = _args({"vpcConfig": {"publicAccessCidrs": [UNKNOWN, "0.0.0.0/0"]}})
    assert _said(policy, args)[0].startswith("vpcConfig.publicAccessCidrs: opens the API endpoint")
    assert not _said(policy, _args({}, type_="aws:s3/bucket:Bucket"))


def test_an_unknown_value_is_neither_an_error_nor_a_violation() -> None:
    assert not _said(_by_name()["eks-endpoint-not-open-to-internet"], _args({"vpcConfig": UNKNOWN}))


def test_configuration_reaches_the_rule() -> None:
    policy = _by_name()["required-tags"]
    assert policy.more["config_schema"].properties["required"]["type"] == "array"
    assert _said(policy, _args({"tags": {"Team": "a"}}, {"required": ["Team"]})) == []
    assert "add Other" in _said(policy, _args({"tags": {"Team": "a"}}, {"required": ["Other"]}))[0]


def test_a_stack_rule_sees_all_resources() -> None:
    args = _args({"name": "shop", "version": "1.35"})
    stack = SimpleNamespace(resources=[args], get_config=dict)
    assert any("vpc-cni" in text for text in _said(_by_name()["addon-core-managed"], stack))


def test_advice_of_a_rule_that_blocks_never_blocks() -> None:
    """aws-auth style advice: node groups that merely lag are told by the policy for advice."""
    control = _args({"name": "shop", "version": "1.35"})
    nodes = _args({"clusterName": "shop", "version": "1.34"}, type_="aws:eks/nodeGroup:NodeGroup")
    nodes.urn, nodes.name = URN + "-nodes", "nodes"
    stack = SimpleNamespace(resources=[control, nodes], get_config=dict)
    found = _by_name()
    assert not _said(found["eks-nodegroup-version-skew"], stack)
    assert any(text.startswith("eks-nodegroup-version-skew: ") for text in _said(found[ADVICE], stack))


def test_the_environment_names_profile_and_settings(tmp_path: Any) -> None:
    file = tmp_path / "policies.yaml"
    file.write_text("stacks: {prod: {profile: regulated}}\n")
    environment = {"PULUMI_STACK": "prod", "EKS_BLUEPRINTS_POLICIES": str(file)}
    assert judgement_of(environment).profile == "regulated"
    assert judgement_of({**environment, "EKS_BLUEPRINTS_PROFILE": "baseline"}).profile == "baseline"
    with pytest.raises(ValueError, match="is not a valid profile; got strict"):
        judgement_of({"EKS_BLUEPRINTS_PROFILE": "strict"})


def test_the_pack_is_a_folder_the_engine_takes() -> None:
    assert (pack_folder() / "PulumiPolicy.yaml").is_file()
    assert (pack_folder() / "__main__.py").is_file()
