"""The steps of one minor version up, in their order; the same ones for the same platform, whatever is done already.

Order by the EKS best practices guide (cluster upgrades) and the user guide: release notes, backup, removed APIs, nodes
at the control plane's version, add-ons that must go before, control plane, other add-ons, kubectl, nodes, verification.
"""

from __future__ import annotations

from eks_blueprints.core import versions
from eks_blueprints.lifecycle.upgrade import estimate
from eks_blueprints.lifecycle.upgrade.checks.addons import BY_CLUSTER, QUIET, fits, for_both, newest
from eks_blueprints.lifecycle.upgrade.model import Component, Finding, Situation
from eks_blueprints.lifecycle.upgrade.node_steps import node_steps
from eks_blueprints.lifecycle.upgrade.notes import notes, release_notes
from eks_blueprints.lifecycle.upgrade.planned import Step


def steps(situation: Situation, target: int, found: tuple[Finding, ...]) -> list[Step]:
    """Everything to do for 1.`target`, from one minor below."""
    return [
        _read(target),
        _back_up(situation),
        _apis(found, target),
        _nodes_first(situation, target),
        _hold(situation, target),
        _addons_before(situation, target),
        _control_plane(situation, target),
        _addons_after(situation, target),
        _clients(situation, target),
        *node_steps(situation, target),
        _verify(situation, target),
    ]


def aws(situation: Situation, words: str) -> str:
    """A command of the AWS CLI for the cluster."""
    return f"aws eks {words} --{'cluster-' if _of_parts(words) else ''}name {situation.cluster}{_at(situation)}"


def _at(situation: Situation) -> str:
    return f" --region {situation.region}" if situation.region else ""


def _of_parts(words: str) -> bool:
    return not words.startswith(
        ("describe-cluster ", "update-cluster", "wait cluster", "list-updates", "update-kubeconfig")
    )


def _read(target: int) -> Step:
    version = f"1.{target}"
    said = notes(version)
    here = tuple(
        f"{word}: {each}"
        for word, told in (
            ("before", said.before if said else ()),
            ("breaks", said.breaking if said else ()),
            ("deprecated", said.deprecated if said else ()),
            ("sources differ", said.unsure if said else ()),
        )
        for each in told
    )
    eks, upstream = release_notes(version, standard=versions.support(version) == "standard")
    return Step(
        id="release-notes",
        until="somebody has read them, and every line below has an owner",
        title=f"read the release notes of {version}",
        why="a minor version may remove APIs and change defaults; what follows is what our table of notes says",
        found=here or ("the table of notes does not have this version",) * (said is None),
        commands=(f"# {eks}", f"# {upstream}"),
    )


def _back_up(situation: Situation) -> Step:
    velero = situation.component("velero")
    name = f"before-upgrade-of-{situation.cluster}"
    return Step(
        id="backup",
        until="the backup is complete, and one was restored before",
        title="back up",
        why="EKS backs up its own etcd, and gives nobody access to it: keep what is in the cluster in Git, or "
        "back it up",
        found=() if velero else ("no Velero is declared: Git is the only copy that this program knows of",),
        commands=(f"velero backup create {name} --wait",) if velero else ("git status && git log -1 --oneline",),
    )


def _apis(found: tuple[Finding, ...], target: int) -> Step:
    there = [each for each in found if each.code.startswith("api-")]
    return Step(
        id="apis",
        until="the next plan finds none, and insights say PASSING",
        title=f"replace APIs that 1.{target} removes",
        why="objects of a removed API can no longer be applied, and controllers that ask for it fail",
        found=tuple(f"{each.what}; {each.do}" for each in there),
        commands=("kubectl get --raw /metrics | grep apiserver_requested_deprecated_apis",),
    )


def _nodes_first(situation: Situation, target: int) -> Step:
    behind = [
        each for each in situation.nodes if each.minor is not None and each.minor < min(situation.minor, target - 1)
    ]
    return Step(
        id="nodes-first",
        until="every kubelet is of the control plane's version",
        title=f"bring nodes to 1.{target - 1}",
        why="EKS advises nodes of the control plane's version before it is updated; kubelets more than three "
        "minors older "
        "than the next one are refused",
        found=tuple(f"{each.name} ({each.kind}) runs 1.{each.minor}" for each in behind),
        commands=("kubectl get nodes -o custom-columns=NAME:.metadata.name,KUBELET:.status.nodeInfo.kubeletVersion",),
        edits=True,
        done=not [each for each in behind if each.kind in ("managed", "self-managed") and not each.follows],
    )


def _hold(situation: Situation, target: int) -> Step:
    follows = [each for each in situation.nodes if each.follows and each.kind in ("managed", "self-managed")]
    return Step(
        id="hold-nodes",
        until="the preview shows no change",
        title="keep node groups where they are",
        why="groups that name no version are updated in the same deployment as the control plane; with a "
        "version of their "
        "own the control plane goes alone, and can be rolled back while the nodes are still at the old version",
        found=tuple(f'{each.name}: version: "1.{target - 1}"' for each in follows),
        edits=True,
        done=not follows,
    )


def _addons_before(situation: Situation, target: int) -> Step:
    lines, done = [], True
    for each in (c for c in situation.components if c.name not in (*BY_CLUSTER, *QUIET)):
        said = fits(each, situation, target)
        if said is False:
            lines.append(f"{each.name} {each.version}: {_wanted(each, situation, target)}")
            done = done and not each.pinned
        elif said is None and not each.eks:
            lines.append(f"{each.name} {each.version or '(newest)'}: unknown, read its compatibility page")
    eks = [each for each in situation.components if each.eks]
    return Step(
        id="addons-before",
        until="each is ACTIVE, its pods are ready",
        title=f"upgrade what must be ready for 1.{target} before it comes",
        why="EKS upgrades no add-on with the control plane: each must run on both versions, and on the old one "
        "again after "
        "a rollback",
        found=tuple(lines),
        commands=(f"aws eks describe-addon-versions{_at(situation)} > addon-versions.json",) if eks else (),
        edits=True,
        done=done,
        time=estimate.addons(len([line for line in lines if "unknown" not in line])),
    )


def _wanted(each: Component, situation: Situation, target: int) -> str:
    if each.eks and (both := for_both(each, situation, target)):
        return f"{both}, the newest that EKS offers for 1.{target - 1} and 1.{target}"
    return "a version that runs on both"


def _control_plane(situation: Situation, target: int) -> Step:
    return Step(
        id="control-plane",
        until="status is ACTIVE, the version is the new one, and /readyz says ok; then a day or more has gone well",
        title=f"update the control plane to 1.{target}",
        why="in a deployment of its own, and then wait for a day or more: nodes and add-ons stay as they are, "
        "new API servers "
        "replace the old ones, a failed check puts the old version back, and there may be a short interruption",
        found=(f"{situation.place}: version" if situation.place else "version of the cluster",),
        commands=(
            f"pulumi up --stack {situation.stack}",
            aws(situation, "describe-cluster --query 'cluster.[status,version,platformVersion,health.issues]'"),
            "kubectl get --raw '/readyz?verbose'",
        ),
        edits=True,
        done=(situation.declared or situation.minor) >= target,
        time=estimate.control_plane(),
    )


def _addons_after(situation: Situation, target: int) -> Step:
    lines, done = [], True
    eks = [each for each in situation.components if each.eks]
    for each in eks:
        offered = situation.offered.get(each.name, {}).get(f"1.{target}", ())
        to = newest(list(offered))
        if each.version is not None and each.version != to:
            lines.append(f"{each.name} {each.version}: {to or f'to what EKS offers for 1.{target}'}")
            done = done and to is None
        elif each.version is None:
            lines.append(f"{each.name}: the stack file pins no version, so it stays where it is until one is written")
    charts = [each for each in situation.components if not each.eks and each.name == "cluster-autoscaler"]
    lines += [f"{each.name}: its image is of the control plane's minor" for each in charts]
    order = ("kube-proxy", "coredns", "vpc-cni")
    names = sorted((each.name for each in eks), key=lambda name: (order.index(name) if name in order else 9, name))
    return Step(
        id="addons-after",
        until="each is ACTIVE at the new version, DNS answers and new pods get addresses",
        title=f"update kube-proxy, CoreDNS, the VPC CNI and other add-ons for 1.{target}",
        why="kube-proxy may not be newer than the control plane, so it comes now; the VPC CNI goes up one minor "
        "at a time",
        found=tuple(lines),
        commands=(_each_addon(situation, names),) if names else (),
        edits=True,
        done=done,
        time=estimate.addons(len(eks)),
    )


def _each_addon(situation: Situation, names: list[str]) -> str:
    asked = aws(situation, "describe-addon --addon-name $addon --query addon.[addonName,status,addonVersion]")
    return f"for addon in {' '.join(names)}; do {asked} --output text; done"


def _clients(situation: Situation, target: int) -> Step:
    return Step(
        id="clients",
        until="kubectl version warns of no skew",
        title=f"update kubectl and other clients to 1.{target}",
        why="kubectl may be one minor older or newer than the API server, and so may what pipelines run",
        commands=("kubectl version", aws(situation, "update-kubeconfig")),
    )


def _verify(situation: Situation, target: int) -> Step:
    return Step(
        id="verify",
        until="all kubelets are at the new version, no pod is left behind, and insights show no ERROR for the next one",
        title=f"verify 1.{target}",
        why="before the next minor: everything runs, and nothing is left behind",
        commands=(
            "kubectl get nodes -o custom-columns=NAME:.metadata.name,KUBELET:.status.nodeInfo.kubeletVersion",
            "kubectl get pods --all-namespaces --field-selector 'status.phase!=Running,status.phase!=Succeeded'",
            "kubectl get pdb --all-namespaces",
            aws(situation, "list-insights --filter categories=UPGRADE_READINESS"),
            f"pulumi preview --stack {situation.stack} --refresh --expect-no-changes",
        ),
    )
