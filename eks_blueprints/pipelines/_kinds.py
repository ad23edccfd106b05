"""What the kinds of pipelines share: sources, tests, and stages for each environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines.stages._commands import CommandStage
from eks_blueprints.pipelines.stages._ways import GitopsArgs, HelmArgs, KubectlArgs
from eks_blueprints.pipelines.stages.approve import Approve
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.deploy import Deploy
from eks_blueprints.pipelines.stages.verify import UrlCheck, Verify

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment

_NAME = Form(r"[a-z][a-z0-9-]{0,39}", what="is not the name of an environment", do="use one of environments")


class Checks(CommandStage):
    """Commands that must succeed before anything is built."""


class VerifyArgs(Spec):
    """What shows that an environment works, besides what its workloads report."""

    urls: Many[UrlCheck] = ()
    """Addresses that must answer."""

    alarms: Many[str] = ()
    """Names of CloudWatch alarms that must stay OK."""

    alarm_minutes: int = Field(default=5, ge=0, le=120)
    """How long alarms are watched, 0 to 120 minutes."""

    commands: Many[str] = ()
    """Commands of your own, such as smoke tests; kubectl works on the cluster for them."""

    policy: Literal["view", "edit", "admin"] | None = None
    """EKS access policy that they need: see [verify](#stages-verify)."""


class DeployTo(Spec):
    """How one environment is deployed to; what is not said is as for the environments before it."""

    kubectl: KubectlArgs | None = None
    """Deploy by kubectl."""

    helm: HelmArgs | None = None
    """Deploy by Helm."""

    gitops: GitopsArgs | None = None
    """Details of the commit, where a commit deploys."""

    namespace: Namespace | None = None
    """Namespace. Default: that of the environment, if it has one."""

    verify: VerifyArgs = VerifyArgs()
    """What shows that it works."""

    wait_minutes: int = Field(default=10, ge=1, le=120)
    """How long it waits for the change, 1 to 120 minutes."""

    def images_of(self, way: str) -> Iterator[tuple[str, str]]:
        """The keys of `images` of a way to deploy, and the image that each names."""
        if way == "helm" and self.helm is not None:
            yield from ((name, name) for name in self.helm.images)
        if way == "kubectl" and self.kubectl is not None:
            yield from self.kubectl.images.items()

    def with_images(self, named: str) -> DeployTo:
        """It with the artifacts in place of the images that it names, as `named` forms them of a name."""
        helm, kubectl = self.helm, self.kubectl
        if helm is not None and helm.images:
            helm = helm.but(images={named.format(name): keys for name, keys in helm.images.items()})
        if kubectl is not None and kubectl.images:
            kubectl = kubectl.but(images={key: named.format(name) for key, name in kubectl.images.items()})
        return self.but(helm=helm, kubectl=kubectl)


def _not_empty(found: Mapping[str, Any]) -> Mapping[str, Any]:
    faults = Faults()
    if not found:
        faults.add((), "needs at least one environment; got {}; name one, such as staging: {}")
    for name in found:
        if fault := _NAME.fault(name):
            faults.add((name,), fault)
    faults.raise_if_any()
    return found


Deployments = Annotated[dict[str, DeployTo], AfterValidator(_not_empty)]


def deployed(
    to: Mapping[str, DeployTo],
    environments: Mapping[str, Environment],
    *,
    approval: bool,
    inputs: Mapping[str, Sequence[str]],
) -> Iterator[Stage]:
    """Stages that deploy to environments, one after the other: an approval before production, the deployment, and what
    verifies it. Both put back what ran before if they fail.

    Args:
        to: The environments in order.
        environments: All environments of the stack.
        approval: Whether a person approves before those that people depend on.
        inputs: Artifacts of a deployment, by its environment.
    """
    ways: dict[str, Any] = {}
    shared: dict[str, Any]
    for name, args in to.items():
        own = {way: getattr(args, way) for way in ("kubectl", "helm") if getattr(args, way) is not None}
        ways = own or ways
        # A commit is the only way where one deploys, whatever was said for environments before.
        by_commit = name in environments and environments[name].gitops is not None
        if approval and name in production_among(environments):
            message = f"Deploy to {name}?"
            yield Approve(name=f"approve-{name}", environment=name, message=message)
        shared = {"environment": name, "namespace": args.namespace, "wait_minutes": args.wait_minutes}
        shared["rolls_back"] = True
        deploy = f"deploy-{name}"
        yield Deploy(
            name=deploy, inputs=tuple(inputs[name]), gitops=args.gitops, **(own if by_commit else ways), **shared
        )
        shown_by = args.verify
        yield Verify(
            name=f"verify-{name}",
            inputs=(deploy,),
            urls=shown_by.urls,
            alarms=shown_by.alarms,
            alarm_minutes=shown_by.alarm_minutes,
            commands=shown_by.commands,
            policy=shown_by.policy,
            timeout_minutes=max(60, args.wait_minutes + shown_by.alarm_minutes + 30),
            **shared,
        )


def place_of(stage: str, names: Sequence[str]) -> tuple[str, ...] | None:
    """Where an environment's stage is said: below `deploy`; None for other stages."""
    start, _, name = stage.partition("-")
    if start not in ("approve", "deploy", "verify", "trial") or name not in names:
        return None
    return ("deploy", name, "verify") if start == "verify" else ("deploy", name)


def production_among(environments: Mapping[str, Environment]) -> tuple[str, ...]:
    """The environments that people depend on."""
    return tuple(name for name, environment in environments.items() if environment.production)
