"""Every field of a ClusterConfig has a rule, or a text that says what to do instead."""

from __future__ import annotations

import pytest

from eks_blueprints.core import peer_fields
from eks_blueprints.lifecycle.importers.eksctl import rules, schema, steps
from eks_blueprints.reference.field_help import field_help

steps.load()
PATHS = list(schema.paths())
_PLACES = {
    "AccessEntry": "access",
    "Addon": "addons.eks_addon",
    "Capability": "addons.argocd_capability",
    "FargateProfile": "compute.fargate",
    "IdentityProvider": "cluster.identity_provider",
    "OIDCIdentityProvider": "cluster.identity_provider",
    "VolumeMapping": "compute.managed_nodes.additional_volumes",
    "ClusterIAMServiceAccount": "pod_identity_associations",
    "ClusterIAMMeta": "pod_identity_associations",
    "PodIdentityAssociation": "pod_identity_associations",
    "NodeRepairConfigOverride": "compute.managed_nodes.node_repair_config.node_repair_config_overrides",
    "ArgoCDConfiguration": "addons.argocd_capability",
    "ArgoCDAWSIDC": "addons.argocd_capability",
    "ArgoCDNetworkAccess": "addons.argocd_capability",
}
"""Where the elements are that the fields of a type are about; those of nodes otherwise."""


def test_the_table_holds_all_of_eksctl() -> None:
    assert len(PATHS) > 500
    assert {"managedNodeGroups[].ssh.publicKeyPath", "vpc.subnets.private.*.cidr", "nodeGroups[].taints[].key"} <= {
        path for path, _, _ in PATHS
    }


@pytest.mark.parametrize(("owner", "field"), sorted({(owner, field) for _, owner, field in PATHS}))
def test_each_field_is_carried_over_or_has_an_answer(owner: str, field: str) -> None:
    rule = rules.rule_of(owner, field)
    if isinstance(rule, str) and rule.startswith("@"):
        assert rule[1:] in rules.STEPS
    elif rule is None:
        rows = [row for row in peer_fields.meanings(field) if row.tool == "eksctl" and owner in row.of]
        inside = schema.is_type(schema.fields(owner)[field].strip("[]{}").partition("|")[0])
        assert rows or inside, f"{owner}.{field} is dropped: add it to rules.toml or peer_fields.toml"


def test_rules_are_about_fields_that_exist() -> None:
    known = {(owner, field) for _, owner, field in PATHS} | {
        ("ClusterConfig", field) for field in schema.fields("ClusterConfig")
    }
    table = {(owner, field) for owner, fields in rules.table().items() for field in fields}
    assert table - known - {("OIDCIdentityProvider", field) for field in schema.fields("OIDCIdentityProvider")} == set()


def test_each_rule_leads_to_a_field_of_stack_files() -> None:
    for owner, fields in rules.table().items():
        for rule in fields.values():
            target = rule["to"] if isinstance(rule, dict) else rule
            if target.startswith("@"):
                continue
            places = ["compute.managed_nodes", "compute.self_managed_nodes"]
            of_nodes = [f"{place}.{target}" for place in places]
            paths = (
                [target[1:]]
                if target.startswith("/")
                else [f"{_PLACES[owner]}.{target}"]
                if owner in _PLACES
                else of_nodes
            )
            assert any(_exists(path) for path in paths), (owner, target)


def _exists(path: str) -> bool:
    try:
        field_help(path)
    except Exception:
        return False
    return True


def test_every_step_is_used() -> None:
    used = {rule[1:] for fields in rules.table().values() for rule in fields.values() if str(rule).startswith("@")}
    assert set(rules.STEPS) - used == set()
