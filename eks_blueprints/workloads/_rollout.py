"""How new versions of a workload get their traffic: step by step (canary) or at once after a check (blue/green).

The Deployment stays, and a Rollout takes its pods over (`workloadRef`): an existing Deployment is neither replaced nor
stopped, and Argo Rollouts takes its pods away one by one as those of the Rollout become ready.

Source: Argo Rollouts 1.9, "Rollout specification", "Migrating to Rollouts", "AWS Load Balancer Controller".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults, Path, Problem, unknown_name
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.durations import Duration, seconds
from eks_blueprints.workloads._analysis import Analyses
from eks_blueprints.workloads._disruption import CountOrShare
from eks_blueprints.workloads._needs import is_missing
from eks_blueprints.workloads._objects import drawing

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.workloads._drawing import Drawing
    from eks_blueprints.workloads.deployment import Deployment

API = "argoproj.io/v1alpha1"
GATEWAY_PLUGIN = "argoproj-labs/gatewayAPI"
"""What splits the traffic of a route of the Gateway API."""


class Step(Spec):
    """One step of a canary: one of these."""

    weight: int | None = Field(default=None, ge=0, le=100)
    """Share of the traffic that the new version gets, in percent."""

    pause: Duration | Literal["until_promoted"] | None = None
    """How long it waits, or `until_promoted` for until someone promotes it (`kubectl argo rollouts promote`)."""

    analysis: Many[str] = ()
    """Names of `analyses` that have to succeed."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        faults = Faults()
        said = [name for name in ("weight", "pause") if getattr(self, name) is not None]
        said += ["analysis"] if self.analysis else []
        if len(said) != 1:
            got = ", ".join(said) or "none"
            faults.add("weight", f"or another action is required, and one alone; got {got}; write one a step")
        faults.raise_if_any()
        return self

    def manifest(self, workload: str) -> dict[str, Any]:
        """It as Argo Rollouts takes it."""
        if self.weight is not None:
            return {"setWeight": self.weight}
        if self.analysis:
            return {"analysis": _templates(workload, self.analysis)}
        return {"pause": {} if self.pause == "until_promoted" else {"duration": self.pause}}


class Canary(Spec):
    """The new version gets more and more of the traffic."""

    steps: Many[Step] = Field(min_length=1)
    """What happens, one after the other: `[{weight: 10}, {pause: 5m}, {analysis: [errors]}, {weight: 50}]`."""

    analysis: Many[str] = ()
    """Names of `analyses` that run beside the steps, and take the release back when they fail."""

    traffic: Literal["ingress", "http_route", "replicas"] | None = None
    """What splits the traffic: the Application Load Balancer of `ingress`, the `http_route`, or the number of pods,
    which comes near the shares. Default: the Ingress or the route of the workload, or else the number of pods."""

    max_surge: CountOrShare = "25%"
    """Pods beyond the number that is asked for."""

    max_unavailable: CountOrShare = 0
    """Pods that may be missing."""


class BlueGreen(Spec):
    """The new version runs beside the old one, and gets all of the traffic at once."""

    auto_promotion: bool = True
    """Whether it gets the traffic as soon as it is ready and `before` has succeeded, or when someone promotes it."""

    auto_promotion_after: Duration | None = None
    """How long it waits before. Default: not at all."""

    preview_replicas: int | None = Field(default=None, ge=1)
    """Number of pods of the new version until then. Default: as many as of the old one."""

    before: Many[str] = ()
    """Names of `analyses` that have to succeed before it gets the traffic."""

    after: Many[str] = ()
    """Names of `analyses` that have to succeed afterwards, or the old version gets the traffic back."""

    scale_down_delay: Duration = "30s"
    """How long the old version's pods stay."""

    @model_validator(mode="after")
    def _waits_for_something(self) -> Self:
        faults = Faults()
        if self.auto_promotion_after is not None and not self.auto_promotion:
            faults.add("auto_promotion_after", "is for auto_promotion; got false; remove one of them")
        faults.raise_if_any()
        return self


class Rollout(Spec):
    """How a new version is rolled out, by Argo Rollouts."""

    canary: Canary | None = None
    """The new version gets more and more of the traffic."""

    blue_green: BlueGreen | None = None
    """The new version runs beside the old one, and gets all of the traffic at once."""

    analyses: Analyses = {}
    """What is measured meanwhile, by names of your choice."""

    wait: bool = False
    """Whether `pulumi up` waits until the release is over. A pause `until_promoted` then holds it up."""

    spec: JsonValues = {}
    """Further fields of the RolloutSpec as in Argo Rollouts, such as `revisionHistoryLimit` or `rollbackWindow`."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        faults = Faults()
        if (self.canary is None) == (self.blue_green is None):
            got = "both" if self.canary is not None else "neither"
            faults.add("canary", f"or blue_green is required, and one alone; got {got}; write one of them")
        for path, name in self._asked():
            if name not in self.analyses:
                faults.add(path, unknown_name(name, self.analyses, "analysis"))
        for field in ("workloadRef", "template", "selector", "strategy", "replicas"):
            if field in self.spec:
                faults.add(("spec", field), "is what the workload says; got it here; remove it")
        faults.raise_if_any()
        return self

    def _asked(self) -> Iterator[tuple[Path, str]]:
        if (canary := self.canary) is not None:
            for index, step in enumerate(canary.steps):
                yield from ((("canary", "steps", index, "analysis", at), name) for at, name in enumerate(step.analysis))
            yield from ((("canary", "analysis", at), name) for at, name in enumerate(canary.analysis))
        if (both := self.blue_green) is not None:
            for field in ("before", "after"):
                yield from ((("blue_green", field, at), name) for at, name in enumerate(getattr(both, field)))


def split_by(workload: Deployment) -> str:
    """What splits the traffic of a workload with a canary."""
    rollout = workload.rollout
    if rollout is None or rollout.canary is None:
        return "replicas"
    if rollout.canary.traffic is not None:
        return rollout.canary.traffic
    if workload.ingress is not None and workload.ingress.ingress_class == "alb":
        return "ingress"
    return "http_route" if workload.http_route is not None else "replicas"


def check(workload: Deployment, faults: Faults) -> None:
    """Note what a workload lacks for its rollout."""
    rollout = workload.rollout
    if rollout is None:
        return
    said = split_by(workload)
    if rollout.canary is not None and said != "replicas" and getattr(workload, said) is None:
        message = f"is split by the workload's {said}; got a workload without one; add it, or write replicas"
        faults.add(("rollout", "canary", "traffic"), message)
    elif said == "ingress" and workload.ingress is not None and workload.ingress.ingress_class != "alb":
        do = "use alb, or traffic: replicas"
        faults.add(("rollout", "canary", "traffic"), f"is split by alb; got {workload.ingress.ingress_class}; {do}")
    if rollout.blue_green is not None and workload.service_used is None:
        faults.add(("rollout", "blue_green"), "needs a Service to lead to one version; got none; add service: {}")
    if "strategy" in workload.spec:
        faults.add(("spec", "strategy"), "is what rollout says; got it too; remove it")


def problems(workload: Deployment, ground: Ground) -> Iterator[Problem]:
    """What it needs on the cluster."""
    rollout = workload.rollout
    if rollout is None:
        return
    if is_missing(ground, "argo_rollouts"):
        yield Problem(("rollout",), "needs argo_rollouts; got no such add-on; add argo_rollouts to addons")
    for name, analysis in rollout.analyses.items():
        yield from analysis.problems_on(ground, ("rollout", "analyses", name))


def services(workload: Deployment, service: Drawing) -> Iterator[Drawing]:
    """The Services of the versions, like that of the workload, whose pods Argo Rollouts chooses."""
    rollout = workload.rollout
    if rollout is None:
        return
    ends = ["preview"] if rollout.blue_green is not None else []
    ends += ["stable", "canary"] if split_by(workload) != "replicas" else []
    for end in ends:
        found = drawing(workload, f"service-{end}", "v1 Service", ("rollout",), f"{workload.service_name}-{end}")
        for field in ("selector", "ports"):
            found.take(("spec", field), service, ("spec", field))
        yield found


def objects(workload: Deployment, ground: Ground) -> Iterator[Drawing]:
    """The Rollout, and what is measured meanwhile."""
    rollout = workload.rollout
    if rollout is None:
        return
    name, telemetry = workload.object_name_used, ground.telemetry
    address = telemetry.prometheus_url if telemetry is not None else None
    for key, analysis in rollout.analyses.items():
        source: Path = ("rollout", "analyses", key)
        found = drawing(workload, f"analysis-{key}", f"{API} AnalysisTemplate", source, f"{name}-{key}")
        found.put(("spec",), analysis.manifest(address), source)
        yield found
    found = drawing(workload, "rollout", f"{API} Rollout", ("rollout",))
    if rollout.wait:
        found.put(("metadata", "annotations"), {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}, ("rollout",))
    found.put(("spec", "replicas"), workload.replicas_least or 1, ("replicas",))
    if workload.replicas is None and workload.is_scaled:
        found.ignored = ("spec.replicas",)
    # What does not get ready is taken back, and not left as it is.
    found.put(("spec", "progressDeadlineAbort"), True, ("rollout",))
    taken = {"apiVersion": workload.api_version, "kind": workload.kubernetes_kind, "name": name}
    found.put(("spec", "workloadRef"), {**taken, "scaleDown": "progressively"}, ("rollout",))
    found.put(("spec", "strategy"), _strategy(workload, rollout), ("rollout",))
    found.patch(("spec",), rollout.spec, ("rollout", "spec"))
    yield found


def _strategy(workload: Deployment, rollout: Rollout) -> dict[str, Any]:
    name, service = workload.object_name_used, workload.service_name
    if (both := rollout.blue_green) is not None:
        said: dict[str, Any] = {
            "activeService": service,
            "previewService": f"{service}-preview",
            "autoPromotionEnabled": both.auto_promotion,
            "scaleDownDelaySeconds": seconds(both.scale_down_delay),
        }
        said |= {"previewReplicaCount": both.preview_replicas} if both.preview_replicas is not None else {}
        if both.auto_promotion_after is not None:
            said["autoPromotionSeconds"] = seconds(both.auto_promotion_after)
        said |= {"prePromotionAnalysis": _templates(name, both.before)} if both.before else {}
        return {"blueGreen": said | ({"postPromotionAnalysis": _templates(name, both.after)} if both.after else {})}
    canary = rollout.canary or Canary(steps=(Step(weight=100),))
    said = {
        "maxSurge": canary.max_surge,
        "maxUnavailable": canary.max_unavailable,
        "steps": [step.manifest(name) for step in canary.steps],
    }
    said |= {"analysis": _templates(name, canary.analysis)} if canary.analysis else {}
    split = split_by(workload)
    if split == "replicas":
        return {"canary": said}
    said |= {"stableService": f"{service}-stable", "canaryService": f"{service}-canary"}
    if split == "ingress":
        port = workload.ingress_port
        said["trafficRouting"] = {"alb": {"ingress": name, "servicePort": port, "rootService": service}}
    else:
        route = {"httpRoute": name, "namespace": workload.namespace}
        said["trafficRouting"] = {"plugins": {GATEWAY_PLUGIN: route}}
    return {"canary": said}


def _templates(workload: str, names: Many[str]) -> dict[str, Any]:
    return {"templates": [{"templateName": f"{workload}-{name}"} for name in names]}
