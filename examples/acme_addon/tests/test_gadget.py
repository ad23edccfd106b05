"""Gadget as a platform would install it."""

import json

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.testing import record

from acme_addon.gadget import Gadget

QUEUE = "arn:aws:sqs:eu-west-1:111122223333:jobs"
PLATFORM = {
    "region": "eu-west-1",
    "cluster": {"version": "1.35"},
    "compute": {"nodes": {"kind": "managed_nodes"}},
    "addons": {
        "vpc_cni": {},
        "kube_proxy": {},
        "coredns": {},
        "eks_pod_identity_agent": {},
        "gadget": {"kind": "acme_addon.gadget.Gadget", "queue_arn": QUEUE},
    },
}


def test_it_may_use_its_queue_and_nothing_else() -> None:
    platform = record(lambda: Blueprint("shop", BlueprintArgs.model_validate(PLATFORM))).is_valid()
    policy = json.loads(platform.one("shop-gadget-role-policy")["policy"])
    assert [statement["Resource"] for statement in policy["Statement"]] == [[QUEUE]]


def test_its_release_waits_for_its_role() -> None:
    platform = record(lambda: Blueprint("shop", BlueprintArgs.model_validate(PLATFORM)))
    platform.one("shop-gadget-release").has({"version": "1.4.2", "values.workers": 4}).waits_for("shop-gadget-role")


def test_its_kind_is_the_name_of_its_entry_point() -> None:
    assert Gadget.kind() == "gadget"
