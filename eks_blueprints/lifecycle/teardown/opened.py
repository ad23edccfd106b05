"""The account and the clusters of a plan, opened for a teardown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.live.account import open_session
from eks_blueprints.live.cluster import access
from eks_blueprints.live.errors import LiveError
from eks_blueprints.live.kubectl import Kubectl
from eks_blueprints.recording import Plan
from eks_blueprints.review.preview.account import Account, accounts


def sessions(plan: Plan) -> Callable[[str | None], Any]:
    """Sessions of boto3 by region, as the AWS provider of the plan is told.

    Raises:
        LiveError: if the plan is for several accounts.
    """
    found = accounts(plan)
    if len(found) > 1:
        message = f"the stack is for several accounts: {', '.join(map(str, found))}"
        raise LiveError(f"{message}; --execute works in one; run the steps of the plan by hand")
    account = found[0] if found else Account(None, None, None)
    return cache(
        lambda region: open_session(region, profile=account.profile, role_arn=account.role_arn, account=account.id)
    )


def clusters(file: Path | None, context: str | None) -> Callable[[Any, Mapping[str, Any]], Kubectl]:
    """kubectl on a cluster: as the caller of the session, or by a kubeconfig of the user's."""
    if file is None and context is None:
        return lambda session, found: Kubectl(access(session, found))
    return lambda _, found: _checked(Kubectl(file=file, context=context), found, named=context is not None)


def _checked(kubectl: Kubectl, found: Mapping[str, Any], *, named: bool) -> Kubectl:
    """A kubeconfig whose current context is another cluster would take that one down."""
    there = kubectl.server()
    authority = (found.get("certificateAuthority") or {}).get("data")
    same = there.get("server") == found.get("endpoint") or there.get("certificate-authority-data") == authority
    if not same and not named:
        message = (
            f"the kubeconfig leads to {there.get('server')}; cluster {found['name']} is at {found.get('endpoint')}"
        )
        raise LiveError(f"{message}; name the right context with --context NAME")
    return kubectl
