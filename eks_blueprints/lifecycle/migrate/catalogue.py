"""All migrations, in the order in which they are listed."""

from __future__ import annotations

from eks_blueprints.core.errors import InputError, Problem, nearest
from eks_blueprints.lifecycle.migrate import (
    autoscaler_to_karpenter,
    aws_auth,
    gp2_to_gp3,
    ingress_to_gateway,
    irsa_to_pod_identity,
    karpenter_to_auto_mode,
    karpenter_v1,
    self_managed_to_managed,
    to_gitops,
)
from eks_blueprints.lifecycle.migrate.model import Migration

MIGRATIONS: tuple[Migration, ...] = (
    gp2_to_gp3.MIGRATION,
    irsa_to_pod_identity.MIGRATION,
    aws_auth.MIGRATION,
    autoscaler_to_karpenter.MIGRATION,
    karpenter_v1.MIGRATION,
    karpenter_to_auto_mode.MIGRATION,
    self_managed_to_managed.MIGRATION,
    ingress_to_gateway.MIGRATION,
    to_gitops.TO_ARGOCD,
    to_gitops.TO_FLUX,
)


def migration(name: str) -> Migration:
    """The migration of a name.

    Raises:
        InputError: if there is none.
    """
    found = {each.name: each for each in MIGRATIONS}
    if name in found:
        return found[name]
    near = nearest(name, found)
    do = f"did you mean {near}?" if near else f"write one of {', '.join(found)}"
    raise InputError([Problem((), f"is no migration that is known; got {name}; {do}", "migrate")])
