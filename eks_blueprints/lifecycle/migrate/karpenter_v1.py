"""Karpenter's v1beta1 to v1: the last release of its minor, 1.0, the objects, then a release that knows v1 alone.

Sources: Karpenter, "v1 Migration" and "Upgrade Guide" (website, v1.0), "Troubleshooting"; releases and values of its
charts by the tags of github.com/aws/karpenter-provider-aws, 2026-11-30.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.karpenter.releases import oldest_for, parts
from eks_blueprints.lifecycle.migrate import karpenter_objects as objects
from eks_blueprints.lifecycle.migrate.data import elements, inside, nothing
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_LAST: dict[tuple[int, ...], str] = {
    (0, 33): "v0.33.12",
    (0, 34): "v0.34.13",
    (0, 35): "0.35.12",
    (0, 36): "0.36.9",
    (0, 37): "0.37.8",
}
"""The last release of each minor that can convert, with which 1.0 can be gone back from."""
_BOTH = "1.0.14"
"""The last release that serves v1beta1 and v1."""
_V1_ALONE = "1.1.10"
_CHARTS = ("karpenter", "karpenter-crd")
_PORT = 8443
_CRDS = "ec2nodeclasses.karpenter.k8s.aws nodepools.karpenter.sh nodeclaims.karpenter.sh"


def _release(version: Any) -> tuple[int, ...]:
    """`v0.33.1` as numbers; empty for what is none."""
    found = re.fullmatch(r"v?(\d+\.\d+\.\d+)", str(version))
    return parts(found[1]) if found else ()


def _charts(data: Data, chart: str) -> dict[str, Data]:
    """The add-ons that install a chart of Karpenter."""
    return {name: each for name, each in elements(data, "addons", "helm").items() if each.get("chart") == chart}


def _controller(data: Data) -> tuple[str, Data] | None:
    return next(iter(_charts(data, "karpenter").items()), None)


def _own(data: Data) -> dict[str, Data]:
    """Karpenter as compute of the platform, at 1.0."""
    found = elements(data, "compute", "karpenter")
    return {name: each for name, each in found.items() if _release(each.get("version"))[:2] == (1, 0)}


def _target(data: Data) -> str:
    """The first release that knows v1 alone, and the cluster's Kubernetes version."""
    version = inside(data, "cluster").get("version")
    wanted = oldest_for(version) if isinstance(version, str) else None
    return max(_V1_ALONE, wanted or _V1_ALONE, key=parts)


def _webhook(data: Data, chart: str) -> Data:
    found: Data = {"enabled": True, "port": _PORT}
    if chart != "karpenter-crd":
        return found
    name, fields = _controller(data) or ("karpenter", {})
    release = str(name).replace("_", "-").lower()
    return {**found, "serviceName": release, "serviceNamespace": fields.get("namespace", "kube-system")}


def _patched(chart: str) -> Callable[[Data], Data]:
    """The last release of the minor that runs, with its conversion webhooks; the CRDs' chart where it is not there."""

    def edit(data: Data) -> Data:
        controller = _controller(data)
        if controller is None or _release(controller[1].get("version")) >= parts(_BOTH):
            return data
        name, fields = controller
        wanted = _LAST.get(_release(fields.get("version"))[:2], "")
        if not wanted:
            return data
        if chart == "karpenter-crd" and not _charts(data, chart):
            same: Data = {key: fields[key] for key in ("repository", "namespace") if key in fields}
            made: Data = {"kind": "helm", "chart": chart, **same, "version": wanted, "values": {}}
            data["addons"][f"{name}_crd"] = made
        for each in _charts(data, chart).values():
            if _release(each.get("version")) < (1,):
                _set(each, wanted, _webhook(data, chart))
        return data

    return edit


def _at_both(chart: str) -> Callable[[Data], Data]:
    def edit(data: Data) -> Data:
        for each in _charts(data, chart).values():
            if _release(each.get("version")) < (1,):
                _set(each, _BOTH, _webhook(data, chart))
        return data

    return edit


def _set(fields: Data, version: str, webhook: Data) -> None:
    if _release(fields.get("version")) != _release(version):
        fields["version"] = version
    values = inside(fields, "values")
    if values.get("webhook") != webhook:
        values["webhook"] = webhook


def _at_v1(chart: str) -> Callable[[Data], Data]:
    def edit(data: Data) -> Data:
        for each in _charts(data, chart).values():
            if _release(each.get("version"))[:2] == (1, 0):
                each["version"] = _target(data)
                (each.get("values") or {}).pop("webhook", None)
                if each.get("values") == {}:
                    del each["values"]
        for each in _own(data).values() if chart == "karpenter" else ():
            each["version"] = _target(data)
        return data

    return edit


def _left(data: Data) -> list[Problem]:
    """Objects of v1beta1, which the release does not serve."""
    do = "write it in v1 first"
    return [
        Problem((*path, "apiVersion"), f"is not served by {_target(data)}; got v1beta1; {do}")
        for path in objects.old(data)
    ]


def way(data: Data, _given: Given) -> Way:
    """The phases for a platform."""
    controller, old = _controller(data), objects.old(data)
    own = elements(data, "compute", "karpenter")
    if controller is None and not old and not own:
        do = "a new one is compute.karpenter"
        raise nothing(("addons",), f"has no Karpenter by its chart and no object of v1beta1; got none; {do}")
    if controller is not None:
        at = ("addons", controller[0], "version")
        version = _release(controller[1].get("version"))
        if version < (0, 33):
            do = "upgrade it to 0.33 first, whose objects are all of v1beta1"
            raise nothing(at, f"is too old for v1; got {controller[1].get('version')}; {do}")
        if version < (1,) and version[:2] not in _LAST:
            raise nothing(at, f"is no release that is known; got {controller[1].get('version')}; name one of 0.33 to 1")
    return Way(tuple(_phases(data)), tuple(_stays(data)), finished=not old and not _before_v1(data))


def _before_v1(data: Data) -> bool:
    charts = [each for chart in _CHARTS for each in _charts(data, chart).values()]
    return bool(_own(data)) or any(_release(each.get("version")) < parts("1.1.0") for each in charts)


def _phases(data: Data) -> list[Phase]:
    home = (_controller(data) or ("", {}))[1].get("namespace", "kube-system")
    pods = Command(f"kubectl rollout status deployment -n {home} -l app.kubernetes.io/name=karpenter", "rolled out")
    nodes = Command("kubectl get nodepools,ec2nodeclasses,nodeclaims", "all READY, and as many NodeClaims as before")
    ours = Command(
        f"kubectl label crd {_CRDS} app.kubernetes.io/managed-by=Helm --overwrite && kubectl annotate crd {_CRDS} "
        f"meta.helm.sh/release-name=karpenter-crd meta.helm.sh/release-namespace={home} --overwrite",
        "three CRDs annotated, so that the chart takes over those that the controller's chart has made; the name is "
        "that of the add-on, with dashes",
    )
    stored = Command(
        f"kubectl get crd {_CRDS} -o jsonpath='{{.items[*].status.storedVersions}}'",
        'v1 and v1beta1; written anew, as by kubectl get nodepools -o yaml | kubectl apply -f -, then ["v1"] alone',
    )
    target = _target(data)
    policy = Command(
        "aws iam get-policy-version --policy-arn POLICY --version-id VERSION",
        "the controller's policy of 1.0: instances and profiles are scoped by the tag eks:eks-cluster-name",
    )
    return [
        Phase(
            "annotations",
            "write annotations under the names that 1.0 reads",
            "karpenter.sh/do-not-disrupt is known since 0.32. Templates of pods change, so their pods are rolled over",
            objects.renamed,
        ),
        Phase(
            "patch-crds",
            "CRDs of the last release of this minor, with conversion webhooks",
            "they serve v1beta1 as before; with them 1.0 can be gone back from",
            _patched("karpenter-crd"),
            (Command("kubectl get nodepools,ec2nodeclasses -o yaml > karpenter-v1beta1.yaml", "a copy to keep"), ours),
            (nodes,),
        ),
        Phase(
            "patch",
            "the controller of that release",
            "its webhooks run, and convert nothing yet. Nodes stay as they are",
            _patched("karpenter"),
            (),
            (pods, nodes),
        ),
        Phase(
            "v1-crds",
            f"CRDs of {_BOTH}, which serve v1beta1 and v1",
            "objects are stored as v1 when they are next written; both versions can be read",
            _at_both("karpenter-crd"),
            (policy,),
            (Command("kubectl get nodepools.v1beta1.karpenter.sh", "all pools, as before"),),
        ),
        Phase(
            "v1",
            f"the controller {_BOTH}",
            "nodes are not replaced by it. From now on expiry drains nodes whatever budgets say, and drift cannot be "
            "switched off. Metrics have other names. Back: the commit before, to the patched release",
            _at_both("karpenter"),
            (policy,),
            (pods, nodes),
            stopped_by=objects.in_the_way,
        ),
        Phase(
            "objects",
            "write the objects in v1",
            "each is updated in place, as it is one object in both versions. Where kubelet moves to the class, the "
            "class changes: nodes are replaced within the budgets where it differs from what they have",
            objects.converted,
            (Command("kubectl get nodepools -o yaml", "in v1, as the webhooks convert them: compare with the diff"),),
            (
                nodes,
                Command(
                    "kubectl annotate nodepools --all compatibility.karpenter.sh/v1beta1-kubelet-conversion-",
                    "gone, once kubelet stands in the classes",
                ),
                stored,
            ),
            stopped_by=objects.in_the_way,
        ),
        Phase(
            "v1-alone-crds",
            f"CRDs of {target}, which serve v1 alone",
            "v1beta1 is gone with it, and so are the webhooks",
            _at_v1("karpenter-crd"),
            (stored,),
            (nodes,),
            stopped_by=_left,
            cannot_be_undone=True,
        ),
        Phase(
            "v1-alone",
            f"the controller {target}",
            "the first release for v1 alone that knows the cluster's Kubernetes version. Later ones by upgrade plan",
            _at_v1("karpenter"),
            (policy,),
            (pods, nodes),
            stopped_by=_left,
            cannot_be_undone=True,
        ),
    ]


def _stays(data: Data) -> list[Problem]:
    found = [*objects.told(data), *objects.noted(data), *objects.out_of_reach(data)]
    if (controller := _controller(data)) is not None and _release(controller[1].get("version")) < (1,):
        settings = (controller[1].get("values") or {}).get("settings") or {}
        if isinstance(settings, dict) and "aws" in settings:
            at = ("addons", controller[0], "values", "settings", "aws")
            found.append(Problem(at, "is read no more: write its settings beside it (settings.clusterName, …)"))
        found.append(
            Problem(
                ("addons", controller[0]),
                "has a role of its own: give it the controller's policy of each release before that is deployed",
            )
        )
    return found


MIGRATION = Migration(
    "karpenter-v1beta1-to-v1",
    "Karpenter's v1beta1 to v1",
    "The last release of its minor, 1.0 which knows both, the objects in place, then a release with v1 alone.",
    way,
)
