"""What Argo CD cannot do, by its chart or as the EKS capability.

Source: EKS user guide, "Comparing EKS Capability for Argo CD to self-managed Argo CD".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.agents.drawn import not_for
from eks_blueprints.core.errors import Problem

if TYPE_CHECKING:
    from eks_blueprints.agents.spec import GitOpsArgs
    from eks_blueprints.core.refs import Ground

CAPABILITY = "the EKS capability for Argo CD"
CHART = "Argo CD by its chart"


def _by_argocd(args: GitOpsArgs) -> Iterator[Problem]:
    for name, repository in args.repositories.items():
        if repository.webhook is not None:
            do = "remove it, and add the host's webhook to the secret of the argocd add-on"
            yield not_for(("repositories", name, "webhook"), "Flux", "Argo CD", do)


def by_eks(args: GitOpsArgs) -> Iterator[Problem]:
    """What EKS's own Argo CD cannot do."""
    yield from _by_argocd(args)
    for field in ("notifications", "image_updates"):
        for name in getattr(args, field):
            do = "install argocd in place of argocd_capability, or let the pipeline do it"
            yield Problem((field, name), f"is not part of {CAPABILITY}; got {name}; {do}")
    for name, cluster in args.clusters.items():
        if cluster.role_arn is not None:
            do = "remove it, and set hub: {through_role: false} in that cluster's stack"
            yield not_for(("clusters", name, "role_arn"), CHART, CAPABILITY, do)
    for name, made in args.application_sets.items():
        if made.waves:
            yield Problem(("application_sets", name, "waves"), f"are not part of {CAPABILITY}; got some; remove them")


def by_chart(args: GitOpsArgs, ground: Ground) -> Iterator[Problem]:
    """What Argo CD by its chart cannot do."""
    yield from _by_argocd(args)
    for name, repository in args.repositories.items():
        said, at = repository.credentials, ("repositories", name, "credentials")
        if said is not None and said.secret_arn is not None:
            yield not_for((*at, "secret_arn"), CAPABILITY, CHART, "use external_secret")
        if said is not None and said.iam_role:
            message = f"is for {CAPABILITY} and for Flux: {CHART} asks AWS for no passwords"
            do = "use external_secret, whose store can hold tokens of ECR (ECRAuthorizationToken)"
            yield Problem((*at, "iam_role"), f"{message}; got true; {do}")
    for name, cluster in args.clusters.items():
        if cluster.endpoint is None:
            message = f"is required by {CHART}, with certificate_authority; got none"
            do = "write {stack: …, output: cluster_endpoint}"
            yield Problem(("clusters", name, "endpoint"), f"{message}; {do}")
    if args.image_updates and ground.addons is not None and "argocd_image_updater" not in ground.addons:
        do = "add argocd_image_updater to addons"
        yield Problem(("image_updates",), f"needs Argo CD Image Updater; got no such add-on; {do}")
