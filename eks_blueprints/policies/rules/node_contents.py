"""What is put on nodes: user data, and pods on nodes with accelerators."""

from __future__ import annotations

import base64
import binascii
import re

from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.core.secret_text import inside
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.platform import LAUNCH_TEMPLATE, NODE_GROUP, cluster_of, version_of
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined

_MANAGED = "eks:index:ManagedNodeGroup"
_SELF_MANAGED = ("eks:index:NodeGroup", "eks:index:NodeGroupV2")
_ACCELERATED = re.compile(r"(p\d|g\d|gr\d|inf\d|trn\d|dl\d)")
_REMOVED_FLAGS = {"--container-runtime": 27, "--keep-terminated-pod-volumes": 31, "--pod-infra-container-image": 35}


@rule(
    "eks-node-user-data-no-secrets",
    LAUNCH_TEMPLATE,
    *_SELF_MANAGED,
    _MANAGED,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    patches=True,
)
def user_data(nodes: Props, context: Context) -> Faults:
    """User data contains no secrets and no removed kubelet flags."""
    key = "nodeUserData" if nodes.has("nodeUserData") else "userData"
    text = nodes.text(key)
    if text is None:
        raise NotApplicable
    if nodes.symbolic(text) and "\n" not in text and not _decoded(text):
        raise Undetermined((*nodes.path, key))
    text = _decoded(text) or text
    if found := list(dict.fromkeys(inside(text))):
        yield nodes.fault("holds a secret", key, got=found)
    control = version_of(cluster_of(context.resource, context.stack))
    for flag, removed in _REMOVED_FLAGS.items():
        if re.search(re.escape(flag) + r"(?![\w-])", text) and control is not None and control >= removed:
            yield nodes.fault(f"passes a flag that kubelet lost in 1.{removed}", key, got=flag)


@rule("eks-gpu-nodes-tainted", NODE_GROUP, severity="medium", enforcement="advisory", wave=3)
def accelerated_tainted(group: Props) -> Faults:
    """GPU nodes have a taint."""
    types, ami = group.words("instanceTypes"), group.get("amiType")
    accelerated = any(map(_is_accelerated, types)) or re.search("_NVIDIA|_GPU|_NEURON", str(ami))
    if not accelerated:
        raise NotApplicable
    if not any(taint.get("effect") in ("NO_SCHEDULE", "NO_EXECUTE") for taint in group.items("taints")):
        yield group.fault("accepts ordinary pods on nodes with accelerators", "taints", got=[])


def _is_accelerated(name: str) -> bool:
    found = instance_type(name)
    return found.accelerator is not None if found else _ACCELERATED.match(name) is not None


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
