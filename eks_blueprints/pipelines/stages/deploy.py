"""Deployments: by kubectl, Helm, a commit to the repository that a cluster follows, or Pulumi."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults, Path, Problem
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.pipelines import _cluster
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Site
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage
from eks_blueprints.pipelines.stages._stacks import PulumiArgs
from eks_blueprints.pipelines.stages._ways import (
    GitopsArgs,
    HelmArgs,
    KubectlArgs,
    helm_lines,
    images_among,
    namespace_in,
)
from eks_blueprints.pipelines.stages.roll_back import Guarded


class Deploy(Guarded, BuiltInStage):
    """Change an environment, and wait until the change is done: by kubectl, Helm, a commit, Pulumi, or else by
    `commands` of yours, for which kubectl works on the cluster then. These have `IMAGE` (by its digest, where
    it is one) and `NAMESPACE`, and what they changed is not rolled back by itself."""

    kubectl: KubectlArgs | None = None
    """Deploy by kubectl."""

    helm: HelmArgs | None = None
    """Deploy by Helm."""

    gitops: GitopsArgs | None = None
    """How the commit is made, in an environment with `gitops`, where this is the only way."""

    pulumi: PulumiArgs | None = None
    """Deploy a stack by Pulumi: exactly the plan among the inputs (`pulumi up --plan`)."""

    namespace: Namespace | None = None
    """Namespace. Default: that of its environment, if it has one."""

    wait_minutes: int = Field(default=10, ge=1, le=120)
    """How long it waits for the change, 1 to 120 minutes."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        faults = Faults()
        said = [way for way in ("kubectl", "helm", "gitops", "pulumi") if getattr(self, way) is not None]
        if len(said) > 1:
            faults.add(said[1], f"is another way to deploy; got {' and '.join(said)}; keep one of them")
        if self.pulumi is not None and self.namespace is not None:
            faults.add("namespace", f"is not for Pulumi; got {self.namespace}; remove it")
        faults.raise_if_any()
        return self

    def problems_in(self, environment: Environment | None, inputs: Mapping[str, Output]) -> Iterator[Problem]:
        """Ways that do not fit its environment."""
        if environment is None:
            return
        said = next((way for way in ("kubectl", "helm", "pulumi") if getattr(self, way) is not None), None)
        if environment.gitops is not None:
            if said in ("kubectl", "helm"):
                do = f"remove {said}, or gitops of the environment"
                yield Problem((said,), f"is not used where a commit deploys; got {self.environment} with gitops; {do}")
            if environment.gitops.token_secret_arn is None:
                what = "is deployed to by a commit, which the machines of builds have no login to push"
                do = "name gitops.token_secret_arn of the environment, or see that its machines can push"
                yield Problem(("environment",), f"{what}; got {self.environment} without; {do}", severity="warning")
        elif self.gitops is not None:
            do = "say in the environment which repository it follows"
            yield Problem(("gitops",), f"is for an environment with gitops; got {self.environment} without; {do}")
        elif said is None and not self.commands:
            do = "add kubectl, helm, pulumi or commands, or gitops to the environment"
            yield Problem((), f"says not how it deploys; got no way for {self.environment}; {do}")
        elif said in ("kubectl", "helm") and namespace_in(self.namespace, environment) is None:
            got = "none" if not environment.namespaces else f"{len(environment.namespaces)} in the environment"
            yield Problem(("namespace",), f"is required; got {got}; name the one that it deploys to")
        if (
            said != "pulumi"
            and self.namespace is not None
            and environment.namespaces
            and self.namespace not in environment.namespaces
        ):
            do = "add it to namespaces of the environment, or name one of them"
            yield Problem(("namespace",), f"is not one that it can change; got {self.namespace}; {do}")

    def cluster_policy(self, environment: Environment) -> str | None:
        """What it needs in its cluster: nothing for Pulumi, whose program says as whom it deploys."""
        return None if self.pulumi is not None else environment.policy

    @property
    def holds(self) -> str | None:
        """Its stack, or all of its environment."""
        return super().holds if self.pulumi is None else self.pulumi.held_in(self.environment)

    @property
    def deploys(self) -> bool:
        """It does."""
        return True

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """The image, the chart or the plan that it deploys."""
        if self.pulumi is not None:
            return {"plan": True}
        if self.helm is not None:
            return {"image": False} if self.helm.chart is not None else {"image": False, "chart": True}
        if self.kubectl is not None:
            return {"image": bool(self.kubectl.workloads or self.kubectl.image_name)}
        return {"image": not self.commands}

    @property
    def uses_several(self) -> bool:
        """All images, where a commit or commands deploy."""
        return self.kubectl is None and self.helm is None and self.pulumi is None

    @property
    def named(self) -> Mapping[Path, str]:
        """The images of its manifests or of its release."""
        if self.helm is not None:
            return {("helm", "images", name): name for name in self.helm.images}
        if self.kubectl is not None:
            return {("kubectl", "images", key): name for key, name in self.kubectl.images.items()}
        return {}

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        if self.pulumi is not None:
            return f"pulumi, exactly the plan of {self.pulumi.stack}"
        if self.helm is not None:
            return f"helm upgrade {self.helm.release}"
        if self.kubectl is not None:
            what = self.kubectl.kustomize or ", ".join(self.kubectl.workloads or self.kubectl.manifests)
            return f"kubectl, {what}"
        return super().summary or "a commit that the cluster follows"

    def outputs(self) -> Mapping[str, Output]:
        """The note of what ran before."""
        seen = any(way is not None for way in (self.kubectl, self.helm, self.pulumi))
        return {**super().outputs(), self.artifact: Output(kind="rollout", seen=seen)}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Deploy, and on failure put back what ran before if that is asked for."""
        made = dict(self._by_pulumi(site, inputs) if self.pulumi is not None else self._to_cluster(site, inputs))
        commands = made.pop("commands")
        job = self.job(**made)
        own = self.kubectl is None and self.helm is None and self.pulumi is None
        own = own and (site.environment is None or site.environment.gitops is None)
        return job.but(
            commands=(*commands, *job.commands) if own else (*job.commands, *commands),
            on_failure=self.put_back(site, self.artifact, self.wait_minutes) if self.pulumi is None else (),
        )

    def _by_pulumi(self, site: Site, inputs: Mapping[str, Output]) -> dict[str, Any]:
        if self.pulumi is None:
            return {}
        [plan, *_] = [name for name, output in inputs.items() if output.kind == "plan"]
        where = {"FOLDER": self.pulumi.folder, "STACK": self.pulumi.stack, "NAME": self.artifact, "PLAN": plan}
        return {
            "commands": (self.pulumi.login(site), script("pulumi_up", **where)),
            "allowed": self.pulumi.allowed(site),
            "tools": ("jq", "pulumi"),
        }

    def _to_cluster(self, site: Site, inputs: Mapping[str, Output]) -> dict[str, Any]:
        images = images_among(inputs)
        namespace = namespace_in(self.namespace, site.environment) or ""
        note = script("rollout", NAME=self.artifact, NAMESPACE=namespace, IMAGE_INPUTS=images, TIMEOUT=self._timeout)
        if site.environment is not None and site.environment.gitops is not None:
            return {
                "commands": (note, *self._by_commit(site.environment)),
                "tools": ("jq",),
                "secrets": self.token(site.environment),
            }
        made: dict[str, Any] = {"variables": _cluster.variables(site)}
        entered = _cluster.enter(site)
        if self.helm is not None:
            lines, allowed = helm_lines(self.helm, site, inputs)
            create = ("--create-namespace",) if self.helm.create_namespace else ()
            said = script("deploy_helm", RELEASE=self.helm.release, CREATE_NAMESPACE=create, TEST=self.helm.test)
            # What is read before the role of another account is taken on: the registry is the pipeline's own.
            made |= {"commands": (note, *lines, *entered, said), "tools": ("helm", "jq", "kubectl", "yq")}
            return made | {"allowed": allowed}
        if self.kubectl is None:
            return made | {"commands": (note, *entered, script("deploy_commands")), "tools": ("jq", "kubectl")}
        if self.kubectl.renders:
            names = tuple(f"{name} {key}" for key, name in self.kubectl.images.items())
            if self.kubectl.image_name is not None:
                names = tuple(f"{name} {self.kubectl.image_name}" for name in images)
            folder, manifests = self.kubectl.kustomize or "", tuple(self.kubectl.manifests)
            rendered = script(self.kubectl.renders, IMAGE_NAMES=names, FOLDER=folder, MANIFESTS=manifests)
            tools = ("jq", "kubectl", *(("kustomize",) if self.kubectl.kustomize is not None else ()), "yq")
            return made | {"commands": (note, rendered, *entered, script("apply_rendered")), "tools": tools}
        said = script("deploy_image", WORKLOADS=tuple(self.kubectl.workloads), CONTAINER=self.kubectl.container or "")
        return made | {"commands": (note, *entered, said), "tools": ("jq", "kubectl"), "checkout": bool(self.commands)}

    @property
    def _timeout(self) -> str:
        return f"{self.wait_minutes}m"

    def _by_commit(self, environment: Environment) -> tuple[str, ...]:
        to = environment.gitops
        if to is None:
            return ()
        where = {"GIT_REPOSITORY": to.url, "GIT_BRANCH": to.branch, "GIT_FOLDER": to.path}
        how = self.gitops or GitopsArgs()
        return (script("git_login"), script("deploy_gitops", **where, IMAGE_BY=how.image_by, PACKAGE=how.package))
