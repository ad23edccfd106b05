"""IAM roles for service accounts to EKS Pod Identity, a kind of pods at a time.

The role stays, and with it its ARN: its trust policy changes, and an association comes. Sources: EKS user guide, "Learn
how EKS Pod Identity grants pods access to AWS services" and "Pod Identity restrictions"; AWS SDKs, "Default credential
provider chain".
"""

from __future__ import annotations

from collections.abc import Callable

from eks_blueprints.core.errors import Problem
from eks_blueprints.lifecycle.migrate.data import elements, inside, nothing
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_AGENT = "eks_pod_identity_agent"
_IRSA = "irsa"
_PATTERN = "subject_pattern"
"""What lets several service accounts share a role, and Pod Identity does not know."""


def _using(data: Data, group: str) -> list[str]:
    """The elements of a group whose pods get a role by IRSA."""
    found = data.get(group)
    entries = found.items() if isinstance(found, dict) else ()
    return [
        name
        for name, fields in entries
        if isinstance(fields, dict) and fields.get("identity") == _IRSA and _PATTERN not in fields
    ]


def _by_default(data: Data) -> bool:
    return inside(data, "addon_defaults").get("identity") == _IRSA if "addon_defaults" in data else False


def _left(data: Data) -> list[tuple[str, str]]:
    return [
        (group, name) for group in ("addons", "compute", "pod_identity_associations") for name in _using(data, group)
    ]


def _agent(data: Data) -> Data:
    """The agent, where it is left out: it is a core add-on, and Auto Mode has it built in."""
    if inside(data, "cluster").get("auto_mode") is not None or not (_left(data) or _by_default(data)):
        return data
    addons, core = data.get("addons") or {}, data.get("core_addons")
    if _AGENT in addons and addons[_AGENT] is None:
        addons[_AGENT] = {}
    elif core is not None and _AGENT not in core and not elements(data, "addons", _AGENT):
        inside(data, "addons")[_AGENT] = {}
    return data


def _moved(group: str) -> Callable[[Data], Data]:
    def edit(data: Data) -> Data:
        for name in _using(data, group):
            del data[group][name]["identity"]
        if group == "addons" and _by_default(data):
            del data["addon_defaults"]["identity"]
            if not data["addon_defaults"]:
                del data["addon_defaults"]
        return data

    return edit


def _on_fargate(data: Data) -> list[Problem]:
    profiles = list(elements(data, "compute", "fargate"))
    if not profiles:
        return []
    do = "keep identity: irsa for what runs there, and set it at each such element before the default goes"
    return (
        [Problem(("addon_defaults", "identity"), f"is for pods on Fargate too ({', '.join(profiles)}); got irsa; {do}")]
        if _by_default(data)
        else []
    )


def way(data: Data, _given: Given) -> Way:
    """The phases for a platform."""
    compute = data.get("compute")
    kinds = {fields.get("kind", name) for name, fields in (compute or {}).items() if isinstance(fields, dict)}
    if kinds and kinds <= {"fargate"}:
        do = "keep IRSA: the agent of Pod Identity is a DaemonSet, which Fargate does not run"
        raise nothing(("compute",), f"has no nodes; got fargate alone; {do}")
    restart = Command(
        "kubectl rollout restart -n NAMESPACE DEPLOYMENT",
        "pods with AWS_CONTAINER_CREDENTIALS_FULL_URI and without AWS_WEB_IDENTITY_TOKEN_FILE",
    )
    agents = Command(
        "kubectl get daemonset eks-pod-identity-agent -n kube-system", "as many pods ready as there are nodes"
    )
    at_once = (
        "the trust policy of each role changes, so pods that run go on with the credentials that they have, for an "
        "hour at most: restart them right after the deployment"
    )
    phases = (
        Phase(
            "agent",
            "install the agent of Pod Identity",
            "it gives pods their credentials; nothing changes for pods that use IRSA",
            _agent,
            (
                Command(
                    "aws ec2 describe-instances --query 'Reservations[].Instances[].MetadataOptions'",
                    "HttpEndpoint enabled: the agent asks the node for its role",
                ),
            ),
            (agents,),
        ),
        Phase(
            "pods",
            "move the roles of your own pods",
            at_once,
            _moved("pod_identity_associations"),
            (
                agents,
                Command("kubectl get pods -A -o jsonpath='{..image}'", "SDKs that know Pod Identity, from 2023-11 on"),
            ),
            (restart,),
        ),
        Phase("addons", "move the roles of add-ons", at_once, _moved("addons"), (agents,), (restart,), _on_fargate),
        Phase(
            "controllers",
            "move the role of Karpenter's controller",
            at_once,
            _moved("compute"),
            (agents,),
            (Command("kubectl rollout restart deployment karpenter -n kube-system"),),
        ),
    )
    stays = [
        Problem(
            ("compute", name), "runs pods without the agent of Pod Identity: keep identity: irsa for what runs there"
        )
        for name in elements(data, "compute", "fargate")
    ]
    for name, fields in (data.get("pod_identity_associations") or {}).items():
        if isinstance(fields, dict) and _PATTERN in fields:
            do = "write one association for each service account, or keep irsa"
            stays.append(Problem(("pod_identity_associations", name), f"shares a role by {_PATTERN}: {do}"))
        elif isinstance(fields, dict) and fields.get("identity") == _IRSA and "role_arn" in fields:
            do = "let it allow sts:AssumeRole and sts:TagSession to pods.eks.amazonaws.com first"
            stays.append(Problem(("pod_identity_associations", name), f"names a role made elsewhere: {do}"))
    if inside(data, "cluster").get("oidc_provider") is not False:
        do = "set oidc_provider: false when nothing does"
        stays.append(
            Problem(("cluster",), f"keeps its OIDC provider: charts and roles made elsewhere may trust it; {do}")
        )
    return Way(phases, tuple(stays), finished=not _left(data) and not _by_default(data))


MIGRATION = Migration(
    "irsa-to-pod-identity",
    "IAM roles for service accounts to EKS Pod Identity",
    "The agent first, then your own pods, add-ons and controllers. Roles and their ARNs stay.",
    way,
)
