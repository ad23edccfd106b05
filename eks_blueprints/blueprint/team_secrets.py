"""Secrets of teams that the External Secrets Operator reads with its own role, beside what that role may read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.core.wildcards import matches

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.teams.base import Team

_SUFFIX = "-abc123"
"""Secrets Manager ends the name of a secret in an ARN with a hyphen and six characters."""


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Secrets that the operator's role may not read, and other teams that can read what it may."""
    teams = [team for team in args.teams if team.secrets_identity == "pod_identity" and team.secrets]
    operator = next((addon for addon in args.addons if addon.kind() == "external_secrets"), None)
    if not teams or operator is None:
        return
    patterns = [each for each in getattr(operator, "secret_arns", ()) if isinstance(each, str)]
    given = operator.model_fields_set & {"policy_arns", "service_account_role_arn"}
    if not given and len(patterns) == len(getattr(operator, "secret_arns", ())):
        for team in teams:
            yield from _unreadable(team, patterns, args.region, operator.name)
    others = [team.name for team in args.teams if team is not teams[0]]
    if others:
        message = "lets every team that may create a SecretStore read what the operator may"
        do = f"use irsa, unless you trust {', '.join(others)} with it"
        path = (teams[0].group, teams[0].name, "secrets_identity")
        yield Problem(path, f"{message}; got pod_identity; {do}", severity="warning")


def _unreadable(team: Team, patterns: Sequence[str], region: Any, operator: str) -> Iterator[Problem]:
    names = dict.fromkeys(remote for secret in team.secrets.values() for remote in secret.remote)
    for remote in names:
        # The account is not known here; one that is named is taken for ours.
        if not any(_is_of(each, remote, str(region)) for each in patterns):
            do = f"add the ARN of {remote} to addons.{operator}.secret_arns, ending in :secret:{remote}-*"
            message = f"has an operator that may not read {remote} with its own role"
            # Not at the secret: what is said of secrets is shown without details.
            yield Problem((team.group, team.name, "secrets_identity"), f"{message}; got pod_identity; {do}")


def _is_of(pattern: str, remote: str, region: str) -> bool:
    """Whether the ARN of a secret fits a pattern."""
    start, mark, name = pattern.partition(":secret:")
    regions = start.split(":")[3:4]
    return bool(mark) and any(matches(each, region) for each in regions) and matches(name, f"{remote}{_SUFFIX}")
